import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

import { concatBytes, fromBase64url, utf8 } from '../base/bytes.ts'
import type { SpaceId } from '../base/ids.ts'

/** Bytes of a swarm's secret. */
export const SECRET_BYTES = 32

/** What the secret is used for; each use has a key of its own. */
export type SecretUse = 'gate' | 'join'

/** HMAC-SHA-256 under a key that HKDF (RFC 5869) derives from the swarm's secret for one use. 32 bytes. */
export function proofOf(
  secret: Uint8Array,
  space: SpaceId,
  use: SecretUse,
  ...parts: readonly Uint8Array[]
): Uint8Array {
  const key = hkdfSync('sha256', secret, fromBase64url(space), utf8(`murmuration ${use} 1`), 32)
  return new Uint8Array(createHmac('sha256', new Uint8Array(key)).update(framed(parts)).digest())
}

/** In constant time. */
export function isProof(proof: Uint8Array, expected: Uint8Array): boolean {
  return proof.length === expected.length && timingSafeEqual(proof, expected)
}

/** Lengths go before the parts, so that no two lists of parts have the same bytes. */
function framed(parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts.flatMap((part) => [Uint8Array.of(part.length >>> 8, part.length & 0xff), part]))
}
