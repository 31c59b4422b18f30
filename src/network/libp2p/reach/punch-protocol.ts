import { decodeCborMap, encodeCbor, readText } from '../../../base/cbor.ts'
import { InvalidInputError } from '../../../base/errors.ts'

/**
 * Two members that are connected through a relay agree over it on a direct connection: each tells the description of its
 * end and the addresses at which it may be reached (ICE, RFC 8445), until the connection stands or one gives up.
 */
export const PUNCH_PROTOCOL = '/murmuration/punch/1'

const MAX_DESCRIPTION_BYTES = 8192
const MAX_CANDIDATE_BYTES = 512

export type PunchMessage =
  | { readonly kind: 'offer' | 'answer'; readonly description: string }
  | { readonly kind: 'candidate'; readonly candidate: string; readonly media: string }
  | { readonly kind: 'refused' }

export function encodePunch(message: PunchMessage): Uint8Array {
  return encodeCbor(message)
}

/** @throws InvalidInputError */
export function decodePunch(bytes: Uint8Array): PunchMessage {
  const fields = decodeCborMap(bytes, MAX_DESCRIPTION_BYTES + 64)
  const kind = fields?.get('kind')
  if (kind === 'refused') return { kind }
  if (kind === 'offer' || kind === 'answer') {
    const description = readText(fields?.get('description'), MAX_DESCRIPTION_BYTES)
    if (description !== undefined) return { kind, description }
  }
  if (kind === 'candidate') {
    const candidate = readText(fields?.get('candidate'), MAX_CANDIDATE_BYTES)
    const media = readText(fields?.get('media'), 64)
    if (candidate !== undefined && media !== undefined) return { kind, candidate, media }
  }
  throw new InvalidInputError('that was no message about a direct connection')
}
