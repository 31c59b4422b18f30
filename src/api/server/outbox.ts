import { MurmurationError } from '../../base/errors.ts'
import type { ApiEvents, EventName } from '../contract/index.ts'
import type { Channel } from '../wire/channel.ts'
import type { ServerFrame } from '../wire/frames.ts'
import { FrameTooLargeError, MalformedFrameError } from '../wire/frames.ts'
import { CONGESTED_BYTES, CONGESTED_FRAMES, MAX_UNTAKEN_BYTES } from './constants.ts'
import { HeldEvents } from './held-events.ts'

export class SlowClientError extends MurmurationError {
  constructor() {
    super('TOO_SLOW', 'This connection was ended because what the peer said was not taken in. Connect anew.')
  }
}

/** What goes to one client, bounded by what it said it has taken in. */
export class Outbox {
  readonly #channel: Channel
  /** Sizes of the frames that were sent and not taken yet, oldest first. */
  readonly #untaken: number[] = []
  readonly #held = new HeldEvents()
  #untakenBytes = 0
  #sent = 0

  constructor(channel: Channel) {
    this.#channel = channel
  }

  get congested(): boolean {
    return this.#untakenBytes > CONGESTED_BYTES || this.#untaken.length > CONGESTED_FRAMES
  }

  /**
   * @throws FrameTooLargeError nothing was sent
   * @throws SlowClientError the connection must end
   */
  send(frame: ServerFrame): void {
    const bytes = this.#channel.send(frame)
    if (bytes === 0) return
    this.#sent++
    this.#untaken.push(bytes)
    this.#untakenBytes += bytes
    if (this.#untakenBytes > MAX_UNTAKEN_BYTES) throw new SlowClientError()
  }

  /** @throws SlowClientError the connection must end */
  event<Name extends EventName>(name: Name, event: ApiEvents[Name]): void {
    if (this.#held.isStale(name, event)) return
    if (!this.congested && this.#held.empty) this.#sendEvent(name, event)
    else this.#held.hold(name, event)
    if (this.#held.overflowing) throw new SlowClientError()
  }

  /**
   * The client has handled the first `frames` frames of this connection.
   * @throws MalformedFrameError where it claims to have handled what was never sent
   */
  taken(frames: number): void {
    const before = this.#sent - this.#untaken.length
    if (frames < before || frames > this.#sent) throw new MalformedFrameError('a count of frames that cannot be')
    for (const bytes of this.#untaken.splice(0, frames - before)) this.#untakenBytes -= bytes
    while (!this.congested) {
      const held = this.#held.take()
      if (held === undefined) return
      this.#sendEvent(held.name, held.event)
    }
  }

  #sendEvent(name: EventName, event: unknown): void {
    try {
      this.send({ type: 'event', name, event })
    } catch (error) {
      // No event comes near the bound; one that does is of no use to anybody and must not end the connection.
      if (!(error instanceof FrameTooLargeError)) throw error
    }
  }
}
