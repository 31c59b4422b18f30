import { bytesEqual, concatBytes, fromBase64url, toBase64url } from '../../base/bytes.ts'
import type { CborFields } from '../../base/cbor.ts'
import { decodeCborMap, encodeCbor, readText, readWhole } from '../../base/cbor.ts'
import { sha256 } from '../../base/hash.ts'
import type { DeviceId } from '../../base/ids.ts'
import { InviteError, InviteTooNewError } from '../errors.ts'
import { toName } from '../names.ts'
import { MAX_ADDRESS_LENGTH, MAX_LINK_ADDRESSES, MAX_LINK_BYTES, MAX_LINK_NAME_BYTES } from './constants.ts'
import { packAddress, unpackAddress } from './packed-address.ts'

const PREFIX = 'murmuration://join/'
/** 1 carried the secret that all of a swarm shared. */
const VERSION = 2
const CHECKSUM_BYTES = 4
export const NO_INVITE = 'this is not an invite to a swarm: ask for a new one'

/** `murmuration://join/…`: deterministic CBOR and a checksum in base64url. */
export function writeLinkText(kind: 'invite' | 'device', content: readonly unknown[]): string {
  const body = encodeCbor({ version: VERSION, [kind]: content })
  return PREFIX + toBase64url(concatBytes(body, checksum(body)))
}

/**
 * Reads a link as people paste it: broken into lines by a mail program, with or without the scheme.
 * @throws InviteError that says what is wrong with it, InviteTooNewError
 */
export function readLinkText(text: string): CborFields {
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
  if (fields === undefined || version !== VERSION) throw new InviteError(NO_INVITE)
  return fields
}

function bytesOf(code: string): Uint8Array {
  try {
    return fromBase64url(code)
  } catch {
    throw new InviteError('this is not an invite: one begins with murmuration://join/')
  }
}

/** Few, so that the link stays short; any one of them is enough. @param of whose most of them are */
export function writeAddresses(addresses: readonly string[], of: DeviceId): readonly unknown[] {
  const short = addresses.filter((address) => address.length <= MAX_ADDRESS_LENGTH).slice(0, MAX_LINK_ADDRESSES)
  return short.map((address) => packAddress(address, of))
}

export function readAddresses(value: unknown, of: DeviceId): readonly string[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_LINK_ADDRESSES) return undefined
  const addresses = value.map((item: unknown) =>
    item instanceof Uint8Array ? unpackAddress(item, of) : readText(item, MAX_ADDRESS_LENGTH),
  )
  return addresses.every((address) => address !== undefined) ? addresses : undefined
}

export function listOf(value: unknown, length: number): readonly unknown[] {
  return Array.isArray(value) && value.length === length ? value : []
}

/** A name of many bytes would make a code that no camera reads. */
export function shortName(name: string): string {
  return Array.from(toName(name))
    .slice(0, MAX_LINK_NAME_BYTES / 4)
    .join('')
}

function checksum(body: Uint8Array): Uint8Array {
  return sha256(body).subarray(0, CHECKSUM_BYTES)
}
