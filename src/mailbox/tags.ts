import { createHmac } from 'node:crypto'

import { bytesEqual, concatBytes } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import type { DeviceKey } from '../identity/device-key.ts'
import { pairKey } from '../identity/key-agreement.ts'
import { MAX_SENDERS, TAG_BYTES } from './constants.ts'

const HALF = TAG_BYTES / 2
const USE = 'murmuration mailbox tag 1'

/**
 * Tags by which the recipient of an envelope finds it among others, and by which nobody else can tell two envelopes of
 * one pair from those of two: random bytes, and what only sender and recipient can make of them.
 */
export class Tags {
  readonly #key: DeviceKey
  readonly #senders = new Map<DeviceId, Uint8Array | undefined>()

  constructor(key: DeviceKey) {
    this.#key = key
  }

  /** A fresh tag for an envelope to this device. @throws Error where the id holds no key */
  make(to: DeviceId, random: Random): Uint8Array {
    const salt = random.bytes(HALF)
    return concatBytes(salt, mark(pairKey(this.#key, to, { use: USE, from: this.#key.device, to }), salt))
  }

  /** The sender whose tag for this device it is, if any. */
  senderOf(tag: Uint8Array, senders: Iterable<DeviceId>): DeviceId | undefined {
    const salt = tag.subarray(0, HALF)
    const given = tag.subarray(HALF)
    for (const sender of senders) {
      const key = this.#keyOf(sender)
      if (key !== undefined && bytesEqual(mark(key, salt), given)) return sender
    }
    return undefined
  }

  #keyOf(sender: DeviceId): Uint8Array | undefined {
    if (this.#senders.has(sender)) return this.#senders.get(sender)
    if (this.#senders.size >= MAX_SENDERS) this.#senders.clear()
    const key = this.#made(sender)
    this.#senders.set(sender, key)
    return key
  }

  #made(sender: DeviceId): Uint8Array | undefined {
    try {
      return pairKey(this.#key, sender, { use: USE, from: sender, to: this.#key.device })
    } catch {
      // No key is in that id: nothing can come from it.
      return undefined
    }
  }
}

function mark(key: Uint8Array, salt: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(salt).digest().subarray(0, HALF))
}
