import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

import { readBytes } from '../base/cbor.ts'
import { concatBytes, fromBase64url, utf8 } from '../base/bytes.ts'
import type { DeviceId, SpaceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import { NotProvenError } from './errors.ts'
import type { GateWire } from './gate-wire.ts'
import { GATE_VERSION } from './gate-wire.ts'

const NONCE_BYTES = 32
const PROOF_BYTES = 32
export type Side = 'dialler' | 'listener'

/** A proof by one side of one connection that it knows a secret: of no use on any other, nor to the other side. */
export type Prove = (by: Side, use: string, secret: Uint8Array) => Uint8Array

/**
 * Both sides show that they know which swarm this is, by a name of 32 bytes that never crosses the wire: whoever does
 * not know it learns nothing, not even which swarm's machine this is.
 *
 * The dialler sends a nonce, the listener answers with its own, the dialler proves, the listener proves. Proofs cover
 * version, both devices (which the transport has authenticated), both nonces and the side.
 *
 * @returns how either side proves more on this connection
 * @throws NotProvenError
 */
export async function proveSpace(
  wire: GateWire,
  side: Side,
  options: { readonly space: SpaceId; readonly device: DeviceId; readonly random: Random },
): Promise<Prove> {
  const { device, random, space } = options
  const own = random.bytes(NONCE_BYTES)
  const name = fromBase64url(space)
  const proverOf = (theirs: Uint8Array): Prove => {
    const isDialler = side === 'dialler'
    const parts = isDialler ? [device, wire.peer, own, theirs] : [wire.peer, device, theirs, own]
    const bytes = parts.map((part) => (typeof part === 'string' ? utf8(part) : part))
    return (by, use, secret) => proofOf({ secret, salt: name, use }, [Uint8Array.of(GATE_VERSION), utf8(by), ...bytes])
  }
  const receive = async (field: 'nonce' | 'proof', length: number): Promise<Uint8Array> => {
    const value = readBytes((await wire.receive()).get(field), length)
    if (value === undefined) throw new NotProvenError('the machine does not speak as a member does')
    return value
  }
  const knows = (prove: Prove, by: Side): Uint8Array => prove(by, 'gate', name)
  if (side === 'dialler') {
    await wire.send({ nonce: own })
    const prove = proverOf(await receive('nonce', NONCE_BYTES))
    await wire.send({ proof: knows(prove, 'dialler') })
    requireProof(await receive('proof', PROOF_BYTES), knows(prove, 'listener'))
    return prove
  }
  const prove = proverOf(await receive('nonce', NONCE_BYTES))
  await wire.send({ nonce: own })
  requireProof(await receive('proof', PROOF_BYTES), knows(prove, 'dialler'))
  await wire.send({ proof: knows(prove, 'listener') })
  return prove
}

/** In constant time. */
export function isProof(given: unknown, expected: Uint8Array): boolean {
  return given instanceof Uint8Array && given.length === expected.length && timingSafeEqual(given, expected)
}

function requireProof(given: Uint8Array, expected: Uint8Array): void {
  if (!isProof(given, expected)) throw new NotProvenError()
}

/** HMAC-SHA-256 under a key that HKDF (RFC 5869) derives from the secret. 32 bytes. */
function proofOf(
  key: { readonly secret: Uint8Array; readonly salt: Uint8Array; readonly use: string },
  parts: readonly Uint8Array[],
): Uint8Array {
  const derived = hkdfSync('sha256', key.secret, key.salt, utf8(`murmuration ${key.use} ${GATE_VERSION}`), 32)
  return new Uint8Array(createHmac('sha256', new Uint8Array(derived)).update(framed(parts)).digest())
}

/** Lengths go before the parts, so that no two lists of parts have the same bytes. */
function framed(parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts.flatMap((part) => [Uint8Array.of(part.length >>> 8, part.length & 0xff), part]))
}
