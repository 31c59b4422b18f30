import { concatBytes, fromBase64url, toBase64url, utf8 } from '../../base/bytes.ts'
import { encodeCbor } from '../../base/cbor.ts'
import { sha256 } from '../../base/hash.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import { parseSpaceId } from '../../base/ids.ts'
import type { DeviceKey, Verify } from '../device-key.ts'
import { deviceKeyFromSeed, publicKeyOf } from '../device-key.ts'
import { toName } from '../names.ts'
import type { Act, ActOf, PersonId } from './acts.ts'
import type { Role } from './roles.ts'

/** Random bytes of an invite's seed: what nobody can guess, at half the length in a link. */
export const SEED_BYTES = 16

/** What an invite gives its bearer. */
export interface Grant {
  /** The invite's id: the public key of its seed, 32 bytes. */
  readonly invite: Uint8Array
  readonly role: Role
  /** Devices that it lets in. */
  readonly uses: number
  /** Wall milliseconds; judged by the admitter alone. */
  readonly expires: number
}

export interface SignedGrant extends Grant {
  readonly inviter: DeviceId
  /** The inviter's signature, 64 bytes. */
  readonly granted: Uint8Array
}

/** What a joining device says to whoever lets it in. */
export type JoinRequest = Omit<ActOf<'person.admit'>, 'kind' | 'id'>

/** Everything signed outside of an entry begins with its use and the space, so that no signature serves two. */
function message(use: string, space: SpaceId, ...parts: readonly unknown[]): Uint8Array {
  return encodeCbor([`murmuration ${use} 1`, fromBase64url(space), ...parts])
}

const grantMessage = (space: SpaceId, grant: Grant, inviter: DeviceId): Uint8Array =>
  message('grant', space, grant.invite, grant.role, grant.uses, grant.expires, publicKeyOf(inviter))
/** What an invite's key, or a device link's, signs for the one who bears it. */
export const bearerMessage = (space: SpaceId, device: DeviceId): Uint8Array =>
  message('bearer', space, publicKeyOf(device))
const joinMessage = (space: SpaceId, join: Pick<JoinRequest, 'invite' | 'person' | 'machine'>): Uint8Array =>
  message('join', space, join.invite, join.person, join.machine)
const linkMessage = (space: SpaceId, person: PersonId, machine: string): Uint8Array =>
  message('link', space, publicKeyOf(person), machine)

/** The key that an invite's seed makes; its public key is the invite's id. */
export function inviteKey(seed: Uint8Array): DeviceKey {
  return deviceKeyFromSeed(sha256(concatBytes(utf8('murmuration invite 1'), seed)))
}

/** The space that a founder makes: nobody else can found it. @param nonce 32 random bytes */
export function foundedSpace(founder: DeviceId, nonce: Uint8Array): SpaceId {
  return parseSpaceId(toBase64url(sha256(encodeCbor(['murmuration space 1', publicKeyOf(founder), nonce]))))
}

/** An invite's grant as its link carries it. */
export function signGrant(key: DeviceKey, space: SpaceId, grant: Grant): SignedGrant {
  return { ...grant, inviter: key.device, granted: key.sign(grantMessage(space, grant, key.device)) }
}

export function isGrant(space: SpaceId, grant: SignedGrant, verify: Verify): boolean {
  return verify(publicKeyOf(grant.inviter), grantMessage(space, grant, grant.inviter), grant.granted)
}

/** What the bearer of an invite asks to be let in with; `seed` and `key` stay where they are. */
export function requestJoin(options: {
  readonly space: SpaceId
  readonly grant: SignedGrant
  readonly seed: Uint8Array
  readonly key: DeviceKey
  readonly person: string
  readonly machine: string
}): JoinRequest {
  const { grant, key, seed, space } = options
  const { device } = key
  const join = { ...grant, device, person: toName(options.person), machine: toName(options.machine) }
  const proof = inviteKey(seed).sign(bearerMessage(space, device))
  return { ...join, proof, consent: key.sign(joinMessage(space, join)) }
}

export function isJoinRequest(space: SpaceId, join: JoinRequest, verify: Verify): boolean {
  return (
    isGrant(space, join, verify) &&
    verify(join.invite, bearerMessage(space, join.device), join.proof) &&
    verify(publicKeyOf(join.device), joinMessage(space, join), join.consent)
  )
}

/** What a new device of a person says to the one that links it. */
export function consentToLink(key: DeviceKey, space: SpaceId, person: PersonId, machine: string): Uint8Array {
  return key.sign(linkMessage(space, person, toName(machine)))
}

/** Whether the signatures that an act carries are what they must be, and a founder founds this space. */
export function isGenuine(act: Act, author: DeviceId, space: SpaceId, verify: Verify): boolean {
  switch (act.kind) {
    case 'swarm.found':
      return foundedSpace(author, act.nonce) === space
    case 'person.admit':
      return isJoinRequest(space, act, verify)
    case 'device.link':
      return verify(publicKeyOf(act.device), linkMessage(space, act.person, act.machine), act.consent)
    default:
      return true
  }
}
