import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { DeviceId } from '../../../base/ids.ts'
import type { Logger } from '../../../base/log.ts'
import { DialError } from '../../errors.ts'
import type { MessageStream } from '../../network.ts'
import type { Link } from '../link.ts'
import type { Links } from '../links.ts'
import { openOver } from '../streams.ts'
import { decodeAnswer, encodeRequest, nextFrame, RELAY_PROTOCOL } from './relay-protocol.ts'

/** With three, one may die at any moment without anybody noticing. */
export const MAX_HELD_RELAYS = 3
/** A relay that refused or failed is asked again after so long. */
const ASK_AGAIN_MS = 15_000

export interface RelaySupervisorOptions {
  readonly links: Links
  readonly clock: Clock
  readonly logger: Logger
  /** The devices that say that they relay. */
  knownRelays(): readonly DeviceId[]
  /** Connects to a relay that is not connected, though there may be enough other connections. */
  seek(device: DeviceId): void
  /** Whether this peer is in want of relays: who can be reached directly by everybody is not. */
  isNeeded(): boolean
  /** The relays through which this peer can be reached are others now. */
  onChange(relays: readonly DeviceId[]): void
}

interface Reservation {
  readonly link: Link
  readonly state: 'asked' | 'held'
}

/**
 * Keeps this peer reachable through up to three relays among the members that are connected to it directly: the nearest
 * first; another at once when one is lost; and one that was lost again when it comes back.
 */
export class RelaySupervisor {
  readonly #options: RelaySupervisorOptions
  readonly #reservations = new Map<DeviceId, Reservation>()
  /** When a relay that refused may be asked again, by the monotonic clock. */
  readonly #resting = new Map<DeviceId, number>()

  constructor(options: RelaySupervisorOptions) {
    this.#options = options
    for (const event of ['admitted', 'closed'] as const) {
      options.links.events.on(event, (link) => this.#resting.delete(link.device))
    }
  }

  /** The relays that are held. */
  get relays(): readonly DeviceId[] {
    return [...this.#reservations].flatMap(([device, { state }]) => (state === 'held' ? [device] : []))
  }

  /** Asks relays for as many reservations as are missing; cheap, and called often. */
  review(): void {
    const { links, clock } = this.#options
    if (!this.#options.isNeeded()) return
    const wanted = MAX_HELD_RELAYS - this.#reservations.size
    if (wanted <= 0) return
    const now = clock.monotonic()
    const rested = this.#options.knownRelays().filter((device) => (this.#resting.get(device) ?? 0) <= now)
    const free = rested.flatMap((device) => {
      const link = links.linkTo(device)
      return link === undefined || link.via !== undefined || this.#reservations.has(device) ? [] : [link]
    })
    free.sort((a, b) => (a.roundTrip ?? Infinity) - (b.roundTrip ?? Infinity))
    for (const link of free.slice(0, wanted)) void this.#hold(link)
    const away = rested.filter((device) => links.linkTo(device) === undefined)
    for (const device of away.slice(0, Math.max(0, wanted - free.length))) {
      this.#resting.set(device, now + ASK_AGAIN_MS)
      this.#options.seek(device)
    }
  }

  async #hold(link: Link): Promise<void> {
    const { links, clock, logger } = this.#options
    const { device } = link
    this.#reservations.set(device, { link, state: 'asked' })
    let stream: MessageStream | undefined
    try {
      stream = await openOver(links, link, RELAY_PROTOCOL)
      await stream.send(encodeRequest({ kind: 'reserve' }))
      const answer = decodeAnswer(await nextFrame(stream))
      if (answer.kind === 'refused') throw new DialError(`the relay says that ${answer.reason}`)
      this.#reservations.set(device, { link, state: 'held' })
      this.#changed()
      for await (const frame of stream) if (frame.length > 0) throw new DialError('a relay has nothing to say here')
      throw new DialError('the relay ended it')
    } catch (error) {
      logger.debug({ device, reason: messageOf(error) }, 'not reachable through a relay')
      if (link.state === 'admitted') this.#resting.set(device, clock.monotonic() + ASK_AGAIN_MS)
    } finally {
      stream?.abort(new DialError('the reservation ended'))
      const wasHeld = this.#reservations.get(device)?.state === 'held'
      this.#reservations.delete(device)
      if (wasHeld) this.#changed()
      this.review()
    }
  }

  #changed(): void {
    this.#options.onChange(this.relays)
  }
}
