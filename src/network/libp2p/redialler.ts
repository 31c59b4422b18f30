import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import type { Logger } from '../../base/log.ts'
import type { Random } from '../../base/random.ts'
import { pick } from '../../base/random.ts'
import { DialError, NotAdmittedError } from '../errors.ts'
import type { MissingPeer } from '../network.ts'
import { ROTATE_MS } from '../view.ts'
import type { AddressBook } from './address-book.ts'
import { redialDelay } from './backoff.ts'
import { MAX_REDIALS_PER_SECOND, MAX_ROUNDS_PER_PEER, ROUND_SPACING_MS } from './constants.ts'
import type { Dialler } from './dialler.ts'
import type { Link } from './link.ts'
import type { Links } from './links.ts'

/** News of a peer bring its next dial forward, but not closer than this to the last one. */
const NEWS_SPACING_MS = 1000
/** After a break the side that dialled dials again first, so that the two seldom meet half-way. */
const AGAIN_MS = 100
const AGAIN_FROM_OTHER_SIDE_MS = 400
const COURTESY_MS = 300
/** Who answers and does not let us in is asked rarely, and forgotten when it never did. */
const REFUSED_MS = 60_000
const MAX_REFUSALS = 5
/** Never busier than this; and with all the connections that are sought, only a look now and then. */
const LEAST_WAIT_MS = 10
const FULL_REST_MS = 5000

interface Missing {
  failures: number
  refusals: number
  /** Monotonic milliseconds. */
  readonly goneAt: number
  lastRound: number
  due: number
  rounds: number
}

export interface RediallerOptions {
  readonly self: DeviceId
  readonly links: Links
  readonly book: AddressBook
  readonly dialler: Dialler
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** With fewer links than these others are dialled. */
  sought(): number
  /** Whether somebody else is connected to the device. */
  isSeenByOthers(device: DeviceId): boolean
}

/**
 * Dials every known peer that is missing, for ever: soon after a break, with growing pauses, and at once when there is
 * news (an address, a connection, the machine woke up). With enough connections it rests: in a large swarm each peer
 * holds connections to a part of it.
 */
export class Redialler {
  readonly #options: RediallerOptions
  readonly #missing = new Map<DeviceId, Missing>()
  readonly #stopped = new AbortController()
  #timer: Disposable | undefined
  #timerDue = Infinity
  #budget = MAX_REDIALS_PER_SECOND
  #budgetAt: number

  constructor(options: RediallerOptions) {
    this.#options = options
    this.#budgetAt = options.clock.monotonic()
    options.links.events.on('admitted', (link) => this.#onAdmitted(link))
    options.links.events.on('closed', (link) => this.#onClosed(link))
  }

  start(): void {
    this.wake()
  }

  stop(): void {
    this.#stopped.abort()
    this.#timer?.dispose()
  }

  /** Everybody who is missing is dialled now. */
  wake(): void {
    for (const device of this.#options.book.devices) this.#hasten(device, 0, 0)
  }

  /** There is news of a device: it is dialled soon. */
  news(device: DeviceId): void {
    this.#hasten(device, NEWS_SPACING_MS, this.#courtesy(device))
  }

  /** The device was dropped from the book. */
  forget(device: DeviceId): void {
    this.#missing.delete(device)
  }

  /** The known peers that are not connected, for people. */
  get missing(): readonly MissingPeer[] {
    const { book, links, clock } = this.#options
    const toWall = clock.now() - clock.monotonic()
    return book.devices.flatMap((device) => {
      if (links.linkTo(device) !== undefined) return []
      const missing = this.#missing.get(device)
      const addresses = book.get(device)?.addresses ?? []
      return {
        device,
        ...(missing === undefined || missing.lastRound === -Infinity ? {} : { triedAt: missing.lastRound + toWall }),
        ...(missing === undefined || missing.due === Infinity ? {} : { nextTryAt: missing.due + toWall }),
        failures: addresses.flatMap(({ address, failure }) =>
          failure === undefined ? [] : { address: address.place, ...failure },
        ),
      }
    })
  }

  /** Dials a device on somebody's order, whatever the number of connections. Rejects as Dialler.dial does. */
  dialNow(device: DeviceId, signal: AbortSignal): Promise<Link> {
    return this.#round(device, signal)
  }

  /** Dials a random peer that is not connected, though there are enough. Rejects where that does not work. */
  async dialAnother(): Promise<void> {
    const now = this.#now()
    const ready = [...this.#missing].filter(([device, missing]) => isReady(missing, now) && this.#isKnown(device))
    if (ready.length === 0) throw new DialError('there is nobody else to dial')
    const [device] = pick(this.#options.random, ready)
    await this.#round(device, this.#stopped.signal)
  }

  #isKnown(device: DeviceId): boolean {
    return this.#options.book.get(device) !== undefined
  }

  /** News reaches both sides of a pair at once; so that they seldom meet half-way, one of them lets the other go first. */
  #courtesy(device: DeviceId): number {
    return this.#options.self < device ? 0 : COURTESY_MS * (1 + this.#options.random.float())
  }

  #hasten(device: DeviceId, spacing: number, delay: number): void {
    if (this.#options.links.linkTo(device) !== undefined) return
    const missing = this.#missingOf(device)
    if (missing.refusals > 0 && spacing > 0) return
    missing.failures = 0
    missing.due = Math.min(missing.due, Math.max(this.#now(), missing.lastRound + spacing) + delay)
    this.#schedule(missing.due)
  }

  #onAdmitted(link: Link): void {
    this.#missing.delete(link.device)
    // Who reaches one may reach all.
    for (const device of this.#options.book.devices) this.news(device)
  }

  #onClosed(link: Link): void {
    if (this.#options.book.get(link.device) === undefined) return
    const missing = this.#missingOf(link.device)
    if (link.parting) {
      missing.due = this.#now() + ROTATE_MS
      return
    }
    const pause = link.weDialled ? AGAIN_MS : AGAIN_FROM_OTHER_SIDE_MS
    missing.due = this.#now() + pause * (1 + this.#options.random.float())
    this.#schedule(missing.due)
  }

  #missingOf(device: DeviceId): Missing {
    const known = this.#missing.get(device)
    if (known !== undefined) return known
    const now = this.#now()
    const missing: Missing = { failures: 0, refusals: 0, goneAt: now, lastRound: -Infinity, due: Infinity, rounds: 0 }
    this.#missing.set(device, missing)
    return missing
  }

  #now(): number {
    return this.#options.clock.monotonic()
  }

  #schedule(due: number): void {
    if (this.#stopped.signal.aborted || due >= this.#timerDue) return
    this.#timer?.dispose()
    this.#timerDue = due
    this.#timer = this.#options.clock.after(Math.max(LEAST_WAIT_MS, due - this.#now()), () => this.#dialDue())
  }

  #dialDue(): void {
    this.#timerDue = Infinity
    const { book, links } = this.#options
    const sought = this.#options.sought()
    const now = this.#now()
    this.#budget = Math.min(
      MAX_REDIALS_PER_SECOND,
      this.#budget + ((now - this.#budgetAt) * MAX_REDIALS_PER_SECOND) / 1000,
    )
    this.#budgetAt = now
    let next = Infinity
    for (const device of this.#likeliestFirst()) {
      if (book.get(device) === undefined) {
        this.#missing.delete(device)
        continue
      }
      const missing = this.#missingOf(device)
      // Of what is under way half is taken to come to be, or all would be dialled before the first answers.
      const underWay = Math.max(links.pendingCount, this.#dialling())
      const full = links.count >= sought || links.count + underWay / 2 >= sought
      if (!full && this.#budget >= 1 && isReady(missing, now) && !links.isAtGate(device)) {
        this.#budget--
        void this.#round(device, this.#stopped.signal).catch(() => undefined)
      }
      next = Math.min(next, Math.max(missing.due, now + (full ? FULL_REST_MS : 1000 / MAX_REDIALS_PER_SECOND)))
    }
    if (next < Infinity) this.#schedule(next)
  }

  #dialling(): number {
    let count = 0
    for (const { rounds } of this.#missing.values()) if (rounds > 0) count++
    return count
  }

  /** Those that others are connected to before those that may be switched off; at random otherwise. */
  #likeliestFirst(): readonly DeviceId[] {
    const devices = this.#inRandomOrder()
    const isHere = (device: DeviceId): boolean => this.#options.isSeenByOthers(device)
    return [...devices.filter(isHere), ...devices.filter((device) => !isHere(device))]
  }

  #inRandomOrder(): readonly DeviceId[] {
    const devices = [...this.#missing.keys()]
    for (let i = devices.length - 1; i > 0; i--) {
      const j = this.#options.random.below(i + 1)
      const [a, b] = [devices[i], devices[j]]
      if (a !== undefined && b !== undefined) [devices[i], devices[j]] = [b, a]
    }
    return devices
  }

  async #round(device: DeviceId, signal: AbortSignal): Promise<Link> {
    const { book, dialler, links, logger } = this.#options
    const missing = this.#missingOf(device)
    this.#plan(device, missing)
    missing.rounds++
    const both = new AbortController()
    const stop = (): void => both.abort()
    for (const one of [signal, this.#stopped.signal]) {
      if (one.aborted) stop()
      one.addEventListener('abort', stop, { once: true })
    }
    try {
      return await dialler.dial(device, book.candidates(device), both.signal)
    } catch (error) {
      missing.failures++
      if (error instanceof NotAdmittedError) this.#onRefusal(device, missing)
      logger.debug({ device, reason: messageOf(error) }, 'a dial failed')
      throw error
    } finally {
      missing.rounds--
      for (const one of [signal, this.#stopped.signal]) one.removeEventListener('abort', stop)
      if (links.linkTo(device) !== undefined) this.#missing.delete(device)
      else this.#schedule(missing.due)
    }
  }

  #plan(device: DeviceId, missing: Missing): void {
    const now = this.#now()
    missing.lastRound = now
    const hopeful = this.#options.links.count === 0 || this.#options.isSeenByOthers(device)
    const { failures } = missing
    const delay = redialDelay({ failures, goneFor: now - missing.goneAt, hopeful }, this.#options.random)
    missing.due = now + (missing.refusals > 0 ? REFUSED_MS : delay)
  }

  #onRefusal(device: DeviceId, missing: Missing): void {
    missing.refusals++
    missing.due = this.#now() + REFUSED_MS
    const neverSeen = this.#options.book.get(device)?.seenAt === 0
    if (neverSeen && missing.refusals >= MAX_REFUSALS) this.#options.book.remove(device)
  }
}

/** A round that hangs does not hold up the next one, but keeps it at a distance. */
function isReady(missing: Missing, now: number): boolean {
  if (missing.due > now || missing.rounds >= MAX_ROUNDS_PER_PEER) return false
  return missing.rounds === 0 || now - missing.lastRound >= ROUND_SPACING_MS
}
