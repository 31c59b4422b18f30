import { utf8, fromUtf8 } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Disposable } from '../base/lifecycle.ts'
import type { Ephemeral } from '../network/ephemeral.ts'

const KIND = 'typing'
const MAX_CHANNEL_BYTES = 64

/** Who types where, passed on and forgotten. */
export class Typing {
  readonly #ephemeral: Ephemeral

  constructor(ephemeral: Ephemeral) {
    this.#ephemeral = ephemeral
  }

  tell(channel: string): void {
    this.#ephemeral.publish(KIND, utf8(channel.slice(0, MAX_CHANNEL_BYTES)))
  }

  on(listener: (channel: string, device: DeviceId) => void): Disposable {
    return this.#ephemeral.on(KIND, (from, payload) => {
      if (payload.length <= MAX_CHANNEL_BYTES) listener(fromUtf8(payload), from)
    })
  }
}
