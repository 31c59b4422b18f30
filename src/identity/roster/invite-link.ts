import { bytesEqual, concatBytes, fromBase64url, toBase64url } from '../../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes, readText, readWhole } from '../../base/cbor.ts'
import { sha256 } from '../../base/hash.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import { parseSpaceId } from '../../base/ids.ts'
import { publicKeyOf, verifySignature } from '../device-key.ts'
import { InviteError, InviteTooNewError } from '../errors.ts'
import { toName } from '../names.ts'
import { MAX_ADDRESS_LENGTH, MAX_LINK_ADDRESSES, MAX_LINK_BYTES, MAX_LINK_NAME_BYTES, MAX_USES } from './constants.ts'
import type { SignedGrant } from './grants.ts'
import { inviteKey, isGrant, SEED_BYTES } from './grants.ts'
import { packAddress, unpackAddress } from './packed-address.ts'
import { readDevice } from './read-device.ts'
import { ROLES } from './roles.ts'

const PREFIX = 'murmuration://join/'
/** 1 carried the secret that all of a swarm shared. */
const VERSION = 2
const CHECKSUM_BYTES = 4

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
  const short = addresses.filter((address) => address.length <= MAX_ADDRESS_LENGTH).slice(0, MAX_LINK_ADDRESSES)
  const body = encodeCbor({
    version: VERSION,
    invite: [
      fromBase64url(space),
      seed,
      [publicKeyOf(inviter), ROLES.indexOf(role), uses, expires, granted],
      shortName(name),
      short.map((address) => packAddress(address, inviter)),
    ],
  })
  return PREFIX + toBase64url(concatBytes(body, checksum(body)))
}

/**
 * Reads an invite as people paste it: broken into lines by a mail program, with or without the scheme.
 * @throws InviteError that says what is wrong with it, InviteTooNewError
 */
export function decodeInviteLink(text: string): InviteLink {
  if (text.length > MAX_LINK_BYTES * 2) {
    throw new InviteError('this is far too long for an invite: copy the link alone')
  }
  const code = text
    .replace(/\s+/g, '')
    .replace(/^murmuration:\/*join\//i, '')
    .replace(/\/$/, '')
  const bytes = bytesOf(code)
  const body = bytes.subarray(0, -CHECKSUM_BYTES)
  if (body.length === 0 || !bytesEqual(checksum(body), bytes.subarray(-CHECKSUM_BYTES))) {
    throw new InviteError('the invite is incomplete or mistyped: copy the whole link again')
  }
  const fields = decodeCborMap(body, MAX_LINK_BYTES)
  const version = readWhole(fields?.get('version'), 1, Number.MAX_SAFE_INTEGER)
  if (version !== undefined && version > VERSION) throw new InviteTooNewError()
  const link = version === VERSION ? readInvite(fields?.get('invite')) : undefined
  if (link === undefined) throw new InviteError('this is not an invite to a swarm: ask for a new one')
  return link
}

function readInvite(value: unknown): InviteLink | undefined {
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

function readAddresses(value: unknown, inviter: DeviceId): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_LINK_ADDRESSES) return undefined
  const addresses = value.map((item: unknown) =>
    item instanceof Uint8Array ? unpackAddress(item, inviter) : readText(item, MAX_ADDRESS_LENGTH),
  )
  return addresses.every((address) => address !== undefined) ? addresses : undefined
}

function listOf(value: unknown, length: number): readonly unknown[] {
  return Array.isArray(value) && value.length === length ? value : []
}

function bytesOf(code: string): Uint8Array {
  try {
    return fromBase64url(code)
  } catch {
    throw new InviteError('this is not an invite: one begins with murmuration://join/')
  }
}

/** A name of many bytes would make a code that no camera reads. */
function shortName(name: string): string {
  return Array.from(toName(name))
    .slice(0, MAX_LINK_NAME_BYTES / 4)
    .join('')
}

function checksum(body: Uint8Array): Uint8Array {
  return sha256(body).subarray(0, CHECKSUM_BYTES)
}
