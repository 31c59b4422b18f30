import { utf8 } from '../../base/bytes.ts'
import { sha256 } from '../../base/hash.ts'

/**
 * The random number that each byte value adds to the rolling hash: drawn from SHA-256, so that every machine has the same.
 * Another table would cut all files elsewhere, and nothing would be found stored already.
 */
export const GEAR: Int32Array = makeGear()

function makeGear(): Int32Array {
  const gear = new Int32Array(256)
  for (let value = 0; value < gear.length; value++) {
    const digest = sha256(utf8(`murmuration gear 1 ${value}`))
    gear[value] = new DataView(digest.buffer, digest.byteOffset).getInt32(0)
  }
  return gear
}
