import { utf8 } from '../../../src/base/bytes.ts'
import { sha256 } from '../../../src/base/hash.ts'
import type { DeviceKey } from '../../../src/identity/device-key.ts'
import { deviceKeyFromSeed } from '../../../src/identity/device-key.ts'
import type { Gate } from '../../../src/network/network.ts'

/** The same key for the same name in every process. */
export function testKey(name: string): DeviceKey {
  return deviceKeyFromSeed(sha256(utf8(`the key of ${name}`)))
}

export const openGate: Gate = async () => undefined

/** Each side says the word and hears it. Good enough for tests: the real gate never says the secret. */
export function passwordGate(word: string): Gate {
  return async (stream) => {
    await stream.send(utf8(word))
    for await (const frame of stream) {
      if (Buffer.from(frame).toString() !== word) throw new Error('wrong word')
      return
    }
    throw new Error('nothing was said')
  }
}
