import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

import { concatBytes, fromBase64url, utf8 } from '../base/bytes.ts'
import type { DeviceId, SpaceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import { readBytes } from '../base/cbor.ts'
import { NotProvenError } from './errors.ts'
import type { GateWire } from './gate-wire.ts'
import { GATE_VERSION } from './gate-wire.ts'

const NONCE_BYTES = 32
const PROOF_BYTES = 32
type Side = 'dialler' | 'listener'

/**
 * Both sides show that they know which swarm this is, by a name of 32 bytes that never crosses the wire: whoever does
 * not know it learns nothing, not even that this is a swarm's machine.
 *
 * The dialler sends a nonce, the listener answers with its own, the dialler proves, the listener proves. Proofs cover
 * version, both devices (which the transport has authenticated), both nonces and the side.
 *
 * @throws NotProvenError
 */
export async function proveSpace(
  wire: GateWire,
  side: Side,
  options: { readonly space: SpaceId; readonly device: DeviceId; readonly random: Random },
): Promise<void> {
  const { device, random, space } = options
  const own = random.bytes(NONCE_BYTES)
  const proof = (by: Side, devices: readonly [DeviceId, DeviceId], nonces: readonly Uint8Array[]): Uint8Array =>
    proofOf(space, Uint8Array.of(GATE_VERSION), utf8(by), utf8(devices[0]), utf8(devices[1]), ...nonces)
  const receive = async (field: 'nonce' | 'proof', length: number): Promise<Uint8Array> => {
    const value = readBytes((await wire.receive()).get(field), length)
    if (value === undefined) throw new NotProvenError('the machine does not speak as a member does')
    return value
  }
  if (side === 'dialler') {
    const devices = [device, wire.peer] as const
    await wire.send({ nonce: own })
    const nonces = [own, await receive('nonce', NONCE_BYTES)]
    await wire.send({ proof: proof('dialler', devices, nonces) })
    requireProof(await receive('proof', PROOF_BYTES), proof('listener', devices, nonces))
  } else {
    const devices = [wire.peer, device] as const
    const nonces = [await receive('nonce', NONCE_BYTES), own]
    await wire.send({ nonce: own })
    requireProof(await receive('proof', PROOF_BYTES), proof('dialler', devices, nonces))
    await wire.send({ proof: proof('listener', devices, nonces) })
  }
}

/** In constant time. */
function requireProof(given: Uint8Array, expected: Uint8Array): void {
  if (!timingSafeEqual(given, expected)) throw new NotProvenError()
}

/** HMAC-SHA-256 under a key that HKDF (RFC 5869) derives from the space's name. 32 bytes. */
function proofOf(space: SpaceId, ...parts: readonly Uint8Array[]): Uint8Array {
  const name = fromBase64url(space)
  const key = hkdfSync('sha256', name, name, utf8('murmuration gate 2'), 32)
  return new Uint8Array(createHmac('sha256', new Uint8Array(key)).update(framed(parts)).digest())
}

/** Lengths go before the parts, so that no two lists of parts have the same bytes. */
function framed(parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts.flatMap((part) => [Uint8Array.of(part.length >>> 8, part.length & 0xff), part]))
}
