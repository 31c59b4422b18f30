import { bytesEqual, concatBytes, fromBase64url, toBase64url } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes, readText, readWhole } from '../base/cbor.ts'
import { sha256 } from '../base/hash.ts'
import type { SpaceId } from '../base/ids.ts'
import { parseSpaceId } from '../base/ids.ts'
import { InviteError, InviteTooNewError } from './errors.ts'
import { toName } from './names.ts'
import { SECRET_BYTES } from './swarm-secret.ts'

const PREFIX = 'murmuration://join/'
const VERSION = 1
const CHECKSUM_BYTES = 4
/** Few, so that the link stays short; any one of them is enough. */
const MAX_ADDRESSES = 8
const MAX_ADDRESS_LENGTH = 256
const MAX_NAME_BYTES = 512
const MAX_LINK_BYTES = 4096

/** What an invite says. */
export interface SwarmLink {
  readonly space: SpaceId
  /** 32 bytes. */
  readonly secret: Uint8Array
  readonly name: string
  /** Multiaddrs of machines that can let the bearer in. */
  readonly addresses: readonly string[]
}

/** `murmuration://join/…`: deterministic CBOR and a checksum in base64url. */
export function encodeSwarmLink(link: SwarmLink): string {
  const body = encodeCbor({
    version: VERSION,
    space: fromBase64url(link.space),
    secret: link.secret,
    name: link.name,
    addresses: link.addresses.filter((address) => address.length <= MAX_ADDRESS_LENGTH).slice(0, MAX_ADDRESSES),
  })
  return PREFIX + toBase64url(concatBytes(body, checksum(body)))
}

/**
 * Reads an invite as people paste it: broken into lines by a mail program, with or without the scheme.
 * @throws InviteError that says what is wrong with it, InviteTooNewError
 */
export function decodeSwarmLink(text: string): SwarmLink {
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
  if (version !== undefined && version > VERSION) {
    throw new InviteTooNewError()
  }
  const space = readBytes(fields?.get('space'), 32)
  const secret = readBytes(fields?.get('secret'), SECRET_BYTES)
  const name = readText(fields?.get('name'), MAX_NAME_BYTES)
  const addresses = readAddresses(fields?.get('addresses'))
  if (
    version !== VERSION ||
    space === undefined ||
    secret === undefined ||
    name === undefined ||
    addresses === undefined
  ) {
    throw new InviteError('this is not an invite to a swarm: ask for a new one')
  }
  return { space: parseSpaceId(toBase64url(space)), secret, name: toName(name), addresses }
}

function bytesOf(code: string): Uint8Array {
  try {
    return fromBase64url(code)
  } catch {
    throw new InviteError('this is not an invite: one begins with murmuration://join/')
  }
}

function readAddresses(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_ADDRESSES) return undefined
  const addresses = value.map((address) => readText(address, MAX_ADDRESS_LENGTH))
  return addresses.every((address) => address !== undefined) ? addresses : undefined
}

function checksum(body: Uint8Array): Uint8Array {
  return sha256(body).subarray(0, CHECKSUM_BYTES)
}
