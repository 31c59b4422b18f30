import { fromBase64url, toBase64url } from '../../base/bytes.ts'
import { encodeCbor } from '../../base/cbor.ts'
import { sha256 } from '../../base/hash.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import { parseSpaceId } from '../../base/ids.ts'
import { publicKeyOf } from '../device-key.ts'
import type { PersonId } from '../roster/index.ts'

/** People of one direct space. */
export const MAX_DIRECT_PEOPLE = 16

/** The space in which these people of a swarm speak to each other directly, whoever begins. */
export function directSpace(swarm: SpaceId, people: readonly PersonId[]): SpaceId {
  const keys = [...new Set(people)].sort().map((person) => publicKeyOf(person))
  return named(['murmuration direct 1', fromBase64url(swarm), keys])
}

/** The private channel that a device founds. @param nonce 32 random bytes */
export function channelSpace(swarm: SpaceId, founder: DeviceId, nonce: Uint8Array): SpaceId {
  return named(['murmuration channel 1', fromBase64url(swarm), publicKeyOf(founder), nonce])
}

function named(parts: readonly unknown[]): SpaceId {
  return parseSpaceId(toBase64url(sha256(encodeCbor(parts))))
}
