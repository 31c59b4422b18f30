import type { Connection } from '@libp2p/interface'

import type { Clock } from '../../base/clock.ts'
import { pause } from '../../base/clock.ts'
import { AbortedError, TimeoutError } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import { DisposableStore } from '../../base/lifecycle.ts'
import { DialError, NotAdmittedError } from '../errors.ts'
import { HANDSHAKE_TIMEOUT_MS, MAX_PARALLEL_DIALS, REACH_TIMEOUT_MS, STAGGER_MS } from './constants.ts'
import type { FailedAttempt } from './dial-failure.ts'
import { describeFailure, reasonOf } from './dial-failure.ts'
import type { Link } from './link.ts'
import { SIMULTANEOUS_MS } from './link.ts'
import type { Links } from './links.ts'
import type { PeerAddress } from './peer-address.ts'
import { Semaphore } from './semaphore.ts'
import { untilAborted } from './until-aborted.ts'

/** Opens a connection to one address; `reached` is called when it answered, before the handshakes. */
export type OpenConnection = (address: PeerAddress, signal: AbortSignal, reached: () => void) => Promise<Connection>

export interface DiallerOptions {
  readonly open: OpenConnection
  readonly links: Links
  readonly clock: Clock
  /** Told of each address that was tried to its end. */
  onReached(address: PeerAddress): void
  onFailed(address: PeerAddress, reason: string): void
}

/** What the attempts of one round share. */
interface Round {
  /** Fires when the round is won or given up. */
  readonly signal: AbortSignal
  win(): void
  readonly failures: FailedAttempt[]
  refusal: NotAdmittedError | undefined
}

/** Dials one peer at several addresses: the likeliest first, the next soon after; the first that passes the gate wins. */
export class Dialler {
  readonly #options: DiallerOptions
  readonly #permits = new Semaphore(MAX_PARALLEL_DIALS)

  constructor(options: DiallerOptions) {
    this.#options = options
  }

  /**
   * @param addresses of one device, the likeliest first
   * @throws DialError, NotAdmittedError, AbortedError
   */
  async dial(device: DeviceId, addresses: readonly PeerAddress[], signal: AbortSignal): Promise<Link> {
    const { links } = this.#options
    const over = new AbortController()
    const end = (): void => over.abort()
    if (signal.aborted) end()
    signal.addEventListener('abort', end, { once: true })
    // Whoever else connects to it meanwhile, or is connected to by it, has done the work.
    const meanwhile = links.events.on('admitted', (link) => {
      if (link.device === device) end()
    })
    const round: Round = { signal: over.signal, win: end, failures: [], refusal: undefined }
    try {
      await this.#tryAll(addresses, round)
      if (signal.aborted) throw new AbortedError()
      return await this.#linkTo(device, round)
    } finally {
      meanwhile.dispose()
      signal.removeEventListener('abort', end)
    }
  }

  async #tryAll(addresses: readonly PeerAddress[], round: Round): Promise<void> {
    const attempts: Promise<void>[] = []
    for (const address of addresses) {
      if (round.signal.aborted) break
      const attempt = this.#attempt(address, round)
      attempts.push(attempt)
      await Promise.race([attempt, pause(this.#options.clock, STAGGER_MS, round.signal)]).catch(() => undefined)
    }
    await Promise.all(attempts)
  }

  async #linkTo(device: DeviceId, round: Round): Promise<Link> {
    const { links } = this.#options
    // A connection of this round that was cut off at the gate may have lost against one that the other side opened at
    // the same time, and that is still on its way through the handshake or the gate.
    if (round.refusal !== undefined) await this.#admission(device)
    await links.pendingTo(device)?.admitted.catch(() => undefined)
    const link = links.linkTo(device)
    if (link !== undefined) return link
    throw round.refusal ?? new DialError(describeFailure(device, round.failures))
  }

  /** Waits a while for the device to be admitted over some other connection. */
  async #admission(device: DeviceId): Promise<void> {
    const { links, clock } = this.#options
    if (links.linkTo(device) !== undefined) return
    const waiting = new DisposableStore()
    await new Promise<void>((resolve) => {
      waiting.add(clock.after(SIMULTANEOUS_MS, resolve))
      waiting.add(links.events.on('admitted', (link) => (link.device === device ? resolve() : undefined)))
    })
    waiting.dispose()
  }

  /** Never rejects. */
  async #attempt(address: PeerAddress, round: Round): Promise<void> {
    const release = await this.#permits.acquire()
    try {
      if (round.signal.aborted) return
      await this.#connect(address, round.signal)
      this.#options.onReached(address)
      round.win()
    } catch (error) {
      if (round.signal.aborted) return
      const reason = reasonOf(error)
      this.#options.onFailed(address, reason)
      if (error instanceof NotAdmittedError) round.refusal = error
      round.failures.push({ place: address.place, reason })
    } finally {
      release()
    }
  }

  async #connect(address: PeerAddress, signal: AbortSignal): Promise<void> {
    const { clock, open, links } = this.#options
    const patience = new AbortController()
    // Node ties the socket to the signal that it was dialled with, for ever: this one must not fire once it is open.
    const opening = new AbortController()
    let connection: Connection | undefined
    const giveUp = (): void => {
      const reason = new TimeoutError('it did not answer in time')
      patience.abort(reason)
      if (connection === undefined) opening.abort(reason)
    }
    signal.addEventListener('abort', giveUp, { once: true })
    let timer = clock.after(REACH_TIMEOUT_MS, giveUp)
    try {
      connection = await open(address, opening.signal, () => {
        timer.dispose()
        timer = clock.after(HANDSHAKE_TIMEOUT_MS, giveUp)
      })
      // From here on the gate's own limit holds.
      timer.dispose()
      await untilAborted(links.whenAdmitted(connection), patience.signal)
    } catch (error) {
      // Its own admission may be what ended the round.
      if (connection !== undefined && links.stateOf(connection) === 'admitted') return
      connection?.abort(new AbortedError())
      throw patience.signal.aborted ? (patience.signal.reason as Error) : error
    } finally {
      timer.dispose()
      signal.removeEventListener('abort', giveUp)
    }
  }
}
