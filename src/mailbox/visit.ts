import { fromHex, toHex } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import { every } from '../base/clock.ts'
import type { DeviceId } from '../base/ids.ts'
import type { MessageStream } from '../network/network.ts'
import { LOOK_PERIOD_MS, MAX_TAGS } from './constants.ts'
import { Conversation } from './conversation.ts'
import type { Leaving } from './leaving.ts'
import type { Look } from './look.ts'
import type { Outbox } from './outbox.ts'
import type { WaitingParcel } from './waiting-parcel.ts'

export interface VisitOptions {
  readonly stream: MessageStream
  readonly clock: Clock
  readonly outbox: Outbox
  readonly look: Look
  readonly leaving: Leaving
}

/** One stream to one machine, over which this device leaves parcels, withdraws them, and looks for its own. */
export class Visit {
  readonly #options: VisitOptions
  readonly #machine: DeviceId
  readonly #conversation: Conversation
  /** Tags in hex of what the machine holds of this device's. */
  readonly #held = new Set<string>()
  #isWoken = false
  #wake: () => void = () => undefined
  #lookDue = true
  #isLooking = false
  #isSound = false

  constructor(options: VisitOptions) {
    this.#options = options
    this.#machine = options.stream.peer
    this.#conversation = new Conversation(options.stream, options.clock)
  }

  /** Something may be to do. */
  wake(): void {
    this.#isWoken = true
    this.#wake()
  }

  /** There may be something new. */
  look(): void {
    this.#lookDue = true
    this.wake()
  }

  /** Whether it is looking now, or ended while it was. */
  get isLooking(): boolean {
    return this.#isLooking
  }

  /** Whether the machine has answered as a mailbox does. */
  get isSound(): boolean {
    return this.#isSound
  }

  end(reason: Error): void {
    this.#options.stream.abort(reason)
  }

  /** Runs until the stream ends; throws what ended it. */
  async run(): Promise<void> {
    const { clock, stream } = this.#options
    const reading = this.#conversation.read(() => this.look())
    reading.catch(() => this.#wake())
    const period = every(clock, LOOK_PERIOD_MS, () => this.look())
    try {
      await this.#compare()
      while (!stream.signal.aborted) {
        this.#isWoken = false
        await this.#withdraw()
        await this.#leave()
        if (this.#lookDue) {
          this.#lookDue = false
          this.#isLooking = true
          await this.#options.look.run(this.#conversation, this.#held)
          this.#isLooking = false
        }
        this.#isSound = true
        await this.#sleep()
      }
    } finally {
      period.dispose()
      stream.abort(new Error('the visit is over'))
    }
    await reading
  }

  /** What the machine holds of this device's: it may have lost some, or have got one without this device hearing so. */
  async #compare(): Promise<void> {
    const { tags } = await this.#conversation.ask({ type: 'mine' }, 'mine')
    for (const tag of tags) this.#held.add(toHex(tag))
    await this.#options.outbox.note(this.#machine, (parcel) => this.#held.has(toHex(parcel.tag)))
  }

  async #withdraw(): Promise<void> {
    const over = [...this.#held].filter((tag) => this.#options.outbox.isWithdrawn(tag))
    if (over.length > 0) await this.#drop(over)
  }

  async #drop(tags: readonly string[]): Promise<void> {
    const few = tags.slice(0, MAX_TAGS).map(fromHex)
    await this.#conversation.ask({ type: 'withdraw', tags: few }, 'withdrawn')
    for (const tag of few) this.#held.delete(toHex(tag))
  }

  async #leave(): Promise<void> {
    const { leaving, outbox } = this.#options
    for (const parcel of leaving.parcelsFor(this.#machine)) {
      // While the one before was on its way others may have come, gone, or been taken elsewhere.
      if (!leaving.isFor(this.#machine, parcel)) continue
      const box = await outbox.boxOf(parcel)
      if (box !== undefined) await this.#leaveOne(parcel, box)
    }
  }

  async #leaveOne(parcel: WaitingParcel, box: Uint8Array): Promise<void> {
    const { leaving, outbox } = this.#options
    const question = { type: 'leave', tag: parcel.tag, box } as const
    let { refusal } = await this.#conversation.ask(question, 'left')
    if (refusal === 'share' && (await this.#makeRoom(parcel))) {
      refusal = (await this.#conversation.ask(question, 'left')).refusal
    }
    if (refusal !== undefined) {
      if (refusal === 'full') leaving.isFull(this.#machine)
      else leaving.refused(this.#machine, parcel)
      return
    }
    this.#held.add(toHex(parcel.tag))
    await outbox.note(
      this.#machine,
      () => true,
      ({ number }) => number === parcel.number,
    )
  }

  /** Takes back so many older parcels that this one fits into the share. Whether there were enough. */
  async #makeRoom(parcel: WaitingParcel): Promise<boolean> {
    const { leaving, outbox } = this.#options
    const over: WaitingParcel[] = []
    let bytes = 0
    for (const older of outbox.parcels) {
      if (bytes >= parcel.bytes) break
      if (older.number >= parcel.number || !this.#held.has(toHex(older.tag))) continue
      over.push(older)
      bytes += older.bytes
    }
    if (bytes < parcel.bytes) return false
    await this.#drop(over.map(({ tag }) => toHex(tag)))
    for (const older of over) leaving.refused(this.#machine, older)
    await outbox.note(
      this.#machine,
      () => false,
      (each) => over.some(({ number }) => number === each.number),
    )
    return true
  }

  async #sleep(): Promise<void> {
    if (this.#isWoken || this.#options.stream.signal.aborted) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = () => undefined
  }
}
