import { fromBase64url, toBase64url } from '../../base/bytes.ts'
import { readBytes, readText, readWhole } from '../../base/cbor.ts'
import type { SpaceId } from '../../base/ids.ts'
import { parseSpaceId } from '../../base/ids.ts'
import { publicKeyOf, verifySignature } from '../device-key.ts'
import { InviteError } from '../errors.ts'
import { toName } from '../names.ts'
import { MAX_LINK_NAME_BYTES, MAX_USES } from './constants.ts'
import type { SignedGrant } from './grants.ts'
import { inviteKey, isGrant, SEED_BYTES } from './grants.ts'
import {
  listOf,
  NO_INVITE,
  readAddresses,
  readLinkText,
  shortName,
  writeAddresses,
  writeLinkText,
} from './link-text.ts'
import { readDevice } from './read-device.ts'
import { ROLES } from './roles.ts'

/** What an invite's bearer gets. */
export interface InviteLink {
  readonly space: SpaceId
  /** 16 random bytes, the secret of the invite. */
  readonly seed: Uint8Array
  readonly grant: SignedGrant
  /** The swarm's, for the bearer to know what this is. */
  readonly name: string
  /** Multiaddrs of machines that can let the bearer in. */
  readonly addresses: readonly string[]
}

/** `murmuration://join/…`: deterministic CBOR and a checksum in base64url. The invite's id is left out: the seed makes it. */
export function encodeInviteLink({ addresses, grant, name, seed, space }: InviteLink): string {
  const { expires, granted, inviter, role, uses } = grant
  return writeLinkText('invite', [
    fromBase64url(space),
    seed,
    [publicKeyOf(inviter), ROLES.indexOf(role), uses, expires, granted],
    shortName(name),
    writeAddresses(addresses, inviter),
  ])
}

/**
 * Reads an invite as people paste it.
 * @throws InviteError that says what is wrong with it, InviteTooNewError
 */
export function decodeInviteLink(text: string): InviteLink {
  const link = readInvite(readLinkText(text).get('invite'))
  if (link === undefined) throw new InviteError(NO_INVITE)
  return link
}

export function readInvite(value: unknown): InviteLink | undefined {
  const [spaceBytes, seedBytes, grantFields, text, packed] = listOf(value, 5)
  const space = readBytes(spaceBytes, 32)
  const seed = readBytes(seedBytes, SEED_BYTES)
  const name = readText(text, MAX_LINK_NAME_BYTES)
  if (space === undefined || seed === undefined || name === undefined) return undefined
  const id = parseSpaceId(toBase64url(space))
  const grant = readGrant(grantFields, seed)
  if (grant === undefined || !isGrant(id, grant, verifySignature)) return undefined
  const addresses = readAddresses(packed, grant.inviter)
  return addresses === undefined ? undefined : { space: id, seed, grant, name: toName(name), addresses }
}

function readGrant(value: unknown, seed: Uint8Array): SignedGrant | undefined {
  const fields = listOf(value, 5)
  const inviter = readDevice(fields[0])
  const role = ROLES[readWhole(fields[1], 0, ROLES.length - 1) ?? -1]
  const uses = readWhole(fields[2], 1, MAX_USES)
  const expires = readWhole(fields[3], 0, Number.MAX_SAFE_INTEGER)
  const granted = readBytes(fields[4], 64)
  if (inviter === undefined || role === undefined || uses === undefined) return undefined
  if (expires === undefined || granted === undefined) return undefined
  return { invite: inviteKey(seed).publicKey, role, uses, expires, inviter, granted }
}
