import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { DeviceId } from '../../../base/ids.ts'
import type { Logger } from '../../../base/log.ts'
import type { AddressBook } from '../address-book.ts'
import type { Dialler } from '../dialler.ts'
import type { Link } from '../link.ts'
import type { Links } from '../links.ts'
import { isPublic, punchAddress } from '../peer-address.ts'

/** From one attempt to the next: a NAT that did not let it through will hardly do so a minute later. */
const PAUSES_MS = [1000, 5000, 30_000, 300_000] as const
/** The side with the higher id lets the other one go first. */
const COURTESY_MS = 1000
/** Peers with which it is tried at the same time. */
const MAX_ATTEMPTS = 8

export interface StraightenerOptions {
  readonly self: DeviceId
  readonly links: Links
  readonly book: AddressBook
  readonly dialler: Dialler
  readonly holePunching: boolean
  readonly clock: Clock
  readonly logger: Logger
}

interface Detour {
  readonly link: Link
  attempts: number
  /** Monotonic milliseconds. */
  due: number
  trying: boolean
}

/** Turns relayed connections into direct ones: by direct addresses, and through the NATs on both sides. */
export class Straightener {
  readonly #options: StraightenerOptions
  readonly #detours = new Map<DeviceId, Detour>()
  readonly #stopped = new AbortController()

  constructor(options: StraightenerOptions) {
    this.#options = options
    options.links.events.on('admitted', (link) => this.#onAdmitted(link))
    options.links.events.on('closed', (link) => {
      if (this.#detours.get(link.device)?.link === link) this.#detours.delete(link.device)
    })
  }

  stop(): void {
    this.#stopped.abort()
  }

  /** Tries what is due. */
  tick(): void {
    let trying = 0
    for (const detour of this.#detours.values()) if (detour.trying) trying++
    const now = this.#options.clock.monotonic()
    for (const detour of this.#detours.values()) {
      if (detour.trying || detour.due > now || trying >= MAX_ATTEMPTS) continue
      trying++
      void this.#try(detour)
    }
  }

  /** Another network: what did not work may work now. */
  wake(): void {
    for (const detour of this.#detours.values()) {
      detour.attempts = 0
      detour.due = this.#options.clock.monotonic()
    }
    this.tick()
  }

  #onAdmitted(link: Link): void {
    if (link.via === undefined) return
    const { clock, self } = this.#options
    const due = clock.monotonic() + (self < link.device ? 0 : COURTESY_MS)
    this.#detours.set(link.device, { link, attempts: 0, due, trying: false })
    this.tick()
  }

  async #try(detour: Detour): Promise<void> {
    const { book, dialler, clock, logger, self, holePunching } = this.#options
    const { device, via } = detour.link
    detour.trying = true
    const direct = book.candidates(device).filter((address) => address.via === undefined)
    // Both sides would punch at the same time and hinder each other.
    const punched = via !== undefined && holePunching && self < device ? [punchAddress(device, via)] : []
    // Private addresses of another network do not answer, and would only hold up the rest.
    const far = direct.filter(({ host }) => isPublic(host))
    const near = direct.filter(({ host }) => !isPublic(host))
    try {
      await dialler.dial(device, [...far, ...punched, ...near], this.#stopped.signal)
    } catch (error) {
      logger.debug({ device, reason: messageOf(error) }, 'still relayed')
    }
    detour.trying = false
    detour.due = clock.monotonic() + (PAUSES_MS[Math.min(detour.attempts, PAUSES_MS.length - 1)] ?? 0)
    detour.attempts++
  }
}
