import type { Clock } from '../../base/clock.ts'
import { messageOf, TimeoutError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { MessageStream } from '../network.ts'
import { BEAT_MS, MAX_SILENT_TICKS } from './constants.ts'
import type { Link } from './link.ts'
import type { Links } from './links.ts'
import type { Tick } from './ticker.ts'

/** Own time, the other side's time that was heard last, and how long ago that was: three float64. */
const BEAT_BYTES = 24
/** The weight of a new measurement of the round trip. */
const SMOOTHING = 0.25

interface Pulse {
  readonly stream: MessageStream
  beatAt: number
  sending: boolean
  theirTime: number
  heardBeatAt: number
}

/**
 * Notices dead links. Both sides send beats of their own, and anything that arrives is a sign of life: so a line that is
 * full in one direction is not taken for dead, as it would be if pings had to be answered in time. Silence is counted in
 * ticks that came in time: who is itself held up counts slower, so that a busy machine does not give up everybody.
 */
export class Liveness {
  readonly #links: Links
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #pulses = new Map<Link, Pulse>()

  constructor(options: { readonly links: Links; readonly clock: Clock; readonly logger: Logger }) {
    this.#links = options.links
    this.#clock = options.clock
    this.#logger = options.logger
  }

  /** Beats over the stream until the link closes. */
  async run(link: Link, stream: MessageStream): Promise<void> {
    const pulse: Pulse = { stream, beatAt: 0, sending: false, theirTime: 0, heardBeatAt: 0 }
    this.#pulses.set(link, pulse)
    try {
      this.#beat(pulse)
      for await (const frame of stream) this.#onBeat(link, pulse, frame)
    } finally {
      if (this.#pulses.get(link) === pulse) this.#pulses.delete(link)
    }
  }

  tick(tick: Tick): void {
    const now = this.#clock.monotonic()
    for (const link of this.#links.admitted) {
      if (tick === 'punctual') link.silentTicks++
      if (tick === 'slept') link.silentTicks = 0
      if (link.silentTicks > MAX_SILENT_TICKS && now > link.graceUntil) {
        this.#logger.info({ device: link.device }, 'a link is dead')
        this.#links.drop(link, new TimeoutError('nothing was heard any more'))
        continue
      }
      const pulse = this.#pulses.get(link)
      if (pulse !== undefined && now - pulse.beatAt >= BEAT_MS) this.#beat(pulse)
    }
  }

  #beat(pulse: Pulse): void {
    if (pulse.sending) return
    const now = this.#clock.monotonic()
    pulse.beatAt = now
    const frame = new Uint8Array(BEAT_BYTES)
    const view = new DataView(frame.buffer)
    view.setFloat64(0, now)
    view.setFloat64(8, pulse.theirTime)
    view.setFloat64(16, pulse.theirTime === 0 ? 0 : now - pulse.heardBeatAt)
    pulse.sending = true
    pulse.stream.send(frame).then(
      () => {
        pulse.sending = false
      },
      (error: unknown) => this.#logger.debug({ reason: messageOf(error) }, 'a beat was not sent'),
    )
  }

  #onBeat(link: Link, pulse: Pulse, frame: Uint8Array): void {
    if (frame.length !== BEAT_BYTES) throw new TimeoutError('that was no beat')
    const now = this.#clock.monotonic()
    link.graceUntil = now
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
    const first = pulse.theirTime === 0
    pulse.theirTime = view.getFloat64(0)
    pulse.heardBeatAt = now
    const echo = view.getFloat64(8)
    const measured = now - echo - view.getFloat64(16)
    if (echo > 0 && measured >= 0 && measured < 60_000) {
      const known = link.roundTrip
      link.roundTrip = known === undefined ? measured : known + SMOOTHING * (measured - known)
    }
    // Answering the first at once makes the round trip known at once.
    if (first) this.#beat(pulse)
  }
}
