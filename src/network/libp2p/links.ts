import type { Connection, ConnectionGater } from '@libp2p/interface'

import type { Clock } from '../../base/clock.ts'
import { Emitter } from '../../base/emitter.ts'
import { AbortedError, codeOf, messageOf } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import { parseDeviceId } from '../../base/ids.ts'
import { DisposableStore } from '../../base/lifecycle.ts'
import type { Logger } from '../../base/log.ts'
import { DialError, NotAdmittedError } from '../errors.ts'
import { CHANGE_OVER_MS, FIRST_BEAT_GRACE_MS, PARTING_MS, SILENT_AT_GATE_MS } from './constants.ts'
import { GateLimits } from './gate-limits.ts'
import type { Gatekeeper } from './gatekeeper.ts'
import type { Admission } from './guard.ts'
import { Knocks } from './knocks.ts'
import type { Link } from './link.ts'
import { isBetter, loserOf } from './link.ts'
import { hostOf, relayOf } from './peer-address.ts'

export interface LinkEvents {
  readonly admitted: Link
  /** Only for links that were admitted. */
  readonly closed: Link
}

export interface LinksOptions {
  readonly device: DeviceId
  readonly gatekeeper: Gatekeeper
  readonly clock: Clock
  readonly logger: Logger
  /** How many are accepted. */
  room(): number
  /** Devices that passed the gate before may always try it again. */
  isKnown(device: DeviceId): boolean
}

/**
 * All connections: each new one goes through the gate, and of each peer one stays. Everything above sees admitted links
 * only.
 */
export class Links implements Admission {
  readonly events = new Emitter<LinkEvents>()
  readonly knocks = new Knocks()
  readonly #options: LinksOptions
  readonly #limits: GateLimits
  /** Every live link by the id of its connection. */
  readonly #all = new Map<string, Link>()
  readonly #admitted = new Map<DeviceId, Link>()
  readonly #stopped = new AbortController()

  constructor(options: LinksOptions) {
    this.#options = options
    this.#limits = new GateLimits(options.clock)
  }

  /** Refuses at the door, before anything is spent on them: strangers beyond the limits, anybody beyond our room. */
  readonly gater: ConnectionGater = {
    denyDialMultiaddr: () => false,
    denyInboundConnection: (connection) => {
      this.knocks.note(hostOf(connection.remoteAddr.toString()))
      return false
    },
    denyInboundEncryptedConnection: (peer, connection) => {
      const device = deviceOf(peer.toString())
      if (device === undefined || this.#stopped.signal.aborted) return true
      if (!this.#hasRoom) return true
      return !this.#options.isKnown(device) && !this.#limits.mayTry(comingFrom(connection.remoteAddr.toString()))
    },
  }

  get admitted(): readonly Link[] {
    return [...this.#admitted.values()]
  }

  get count(): number {
    return this.#admitted.size
  }

  get pendingCount(): number {
    return this.#all.size - this.#admitted.size
  }

  get #hasRoom(): boolean {
    return this.#admitted.size < this.#options.room()
  }

  linkTo(device: DeviceId): Link | undefined {
    return this.#admitted.get(device)
  }

  stateOf(connection: Connection): 'pending' | 'admitted' | undefined {
    const state = this.#all.get(connection.id)?.state
    return state === 'closed' ? undefined : state
  }

  async whenAdmitted(connection: Connection): Promise<void> {
    const link = this.#all.get(connection.id)
    if (link === undefined) throw new DialError('the connection closed at once')
    await link.admitted
  }

  linkOf(connection: Connection): Link | undefined {
    return this.#all.get(connection.id)
  }

  /** The link to a device while its gate is not decided. */
  pendingTo(device: DeviceId): Link | undefined {
    for (const link of this.#all.values()) if (link.device === device && link.state === 'pending') return link
    return undefined
  }

  /** Whether a device stands at the gate, and is heard of: a second connection would only be in its way. */
  isAtGate(device: DeviceId): boolean {
    const pending = this.pendingTo(device)
    return pending !== undefined && this.#options.clock.monotonic() - pending.heardAt < SILENT_AT_GATE_MS
  }

  opened(connection: Connection): void {
    const device = deviceOf(connection.remotePeer.toString())
    if (device === undefined || this.#stopped.signal.aborted) {
      abort(connection, new NotAdmittedError('only devices of a swarm are spoken to'))
      return
    }
    const link = this.#begin(connection, device)
    this.#settleRivals(link)
  }

  closed(connection: Connection): void {
    const link = this.#all.get(connection.id)
    if (link !== undefined) this.#close(link)
  }

  /** Something arrived over the link. */
  heard(link: Link): void {
    link.silentTicks = 0
  }

  /** Ends a link at once; the other side sees the connection break. */
  drop(link: Link, reason: Error): void {
    this.#close(link)
    abort(link.connection, reason)
  }

  /** Ends a link soon, whose other side was told that it is on purpose. */
  giveUp(link: Link): void {
    link.disposables.add(
      this.#options.clock.after(PARTING_MS, () => this.drop(link, new DialError('there are enough other connections'))),
    )
  }

  stop(): void {
    this.#stopped.abort()
    for (const link of this.#all.values()) this.#close(link)
  }

  #begin(connection: Connection, device: DeviceId): Link {
    const { clock } = this.#options
    const now = clock.monotonic()
    const address = connection.remoteAddr.toString()
    let settle = (_failure?: Error): void => undefined
    const admitted = new Promise<void>((resolve, reject) => {
      settle = (failure) => (failure === undefined ? resolve() : reject(failure))
    })
    admitted.catch(() => undefined)
    const link: Link = {
      device,
      connection,
      weDialled: connection.direction === 'outbound',
      address,
      via: relayOf(address),
      state: 'pending',
      openedAt: now,
      heardAt: now,
      silentTicks: 0,
      parting: false,
      graceUntil: now,
      since: clock.now(),
      roundTrip: undefined,
      disposables: new DisposableStore(),
      admitted,
    }
    this.#all.set(connection.id, link)
    const gate = new AbortController()
    link.disposables.onDispose(() => gate.abort())
    void this.#runGate(link, gate.signal).then(
      () => settle(),
      (error: unknown) => settle(error as Error),
    )
    return link
  }

  async #runGate(link: Link, signal: AbortSignal): Promise<void> {
    const host = comingFrom(link.address)
    if (!link.weDialled) this.#limits.began(host)
    try {
      await this.#options.gatekeeper.run(link, signal)
      if (signal.aborted) throw new AbortedError('the connection closed at the gate')
      if (!link.weDialled && !this.#hasRoom && !this.#admitted.has(link.device))
        throw new DialError('this peer took in others meanwhile, and has no room left')
      this.#admit(link)
    } catch (error) {
      const isTheirs = !(error instanceof DialError) && !this.#stopped.signal.aborted
      if (!link.weDialled && isTheirs) this.#limits.failed(host)
      this.#options.logger.debug(
        { device: link.device, address: link.address, reason: messageOf(error) },
        'gate failed',
      )
      this.drop(link, error instanceof Error ? error : new Error(messageOf(error)))
      if (codeOf(error) === 'NOT_ADMITTED' || codeOf(error) === 'TIMEOUT') throw error
      throw new NotAdmittedError(`the gate was not passed: ${messageOf(error)}`, { cause: error })
    } finally {
      if (!link.weDialled) this.#limits.ended(host)
    }
  }

  #admit(link: Link): void {
    const older = this.#admitted.get(link.device)
    if (older !== undefined) this.#takeOver(older, link)
    link.state = 'admitted'
    link.since = this.#options.clock.now()
    link.graceUntil = this.#options.clock.monotonic() + FIRST_BEAT_GRACE_MS
    this.#admitted.set(link.device, link)
    this.events.emit('admitted', link)
  }

  #takeOver(older: Link, newer: Link): void {
    const reason = new DialError('a newer connection took over')
    if (!isBetter(newer, older)) {
      this.drop(older, reason)
      return
    }
    // The other side has the new one a moment later, and should not be without any until then.
    this.#close(older)
    this.#options.clock.after(CHANGE_OVER_MS, () => abort(older.connection, reason))
  }

  #settleRivals(newer: Link): void {
    if (this.#options.device > newer.device) return
    for (const older of this.#all.values()) {
      if (older === newer || older.device !== newer.device) continue
      const loser = loserOf(older, newer)
      if (loser === 'none') continue
      this.drop(loser === 'older' ? older : newer, new DialError('another connection to this peer stays'))
      if (loser === 'newer') return
    }
  }

  #close(link: Link): void {
    if (link.state === 'closed') return
    const wasAdmitted = link.state === 'admitted'
    link.state = 'closed'
    this.#all.delete(link.connection.id)
    if (this.#admitted.get(link.device) === link) this.#admitted.delete(link.device)
    link.disposables.dispose()
    if (wasAdmitted) this.events.emit('closed', link)
  }
}

/** The host, or the relay, that a connection comes from. */
function comingFrom(address: string): string {
  return relayOf(address) ?? hostOf(address)
}

function deviceOf(text: string): DeviceId | undefined {
  try {
    return parseDeviceId(text)
  } catch {
    return undefined
  }
}

/** libp2p throws where what carries the connection is closing already: then it ends by itself. */
function abort(connection: Connection, reason: Error): void {
  try {
    connection.abort(reason)
  } catch {
    // Nothing is left to end.
  }
}
