import { decodeCborMap, encodeCbor, readText } from '../../../base/cbor.ts'
import { InvalidInputError } from '../../../base/errors.ts'
import type { DeviceId } from '../../../base/ids.ts'
import { parseDeviceId } from '../../../base/ids.ts'
import type { MessageStream } from '../../network.ts'

/**
 * What a member asks of one that relays, in the first frame: to be reached through it (the stream stays open for as long
 * as that holds), or a way to another member (after the answer the stream carries a connection to it).
 */
export const RELAY_PROTOCOL = '/murmuration/relay/1'
/** The relay brings a connection: the first frame says whose, then the stream carries it. */
export const RELAYED_PROTOCOL = '/murmuration/relayed/1'

const MAX_HEAD_BYTES = 1024
const MAX_REASON_BYTES = 200

export type RelayRequest = { readonly kind: 'reserve' } | { readonly kind: 'connect'; readonly to: DeviceId }
export type RelayAnswer = { readonly kind: 'ok' } | { readonly kind: 'refused'; readonly reason: string }

export function encodeRequest(request: RelayRequest): Uint8Array {
  return encodeCbor(request)
}

/** @throws InvalidInputError */
export function decodeRequest(bytes: Uint8Array): RelayRequest {
  const fields = decodeCborMap(bytes, MAX_HEAD_BYTES)
  const kind = fields?.get('kind')
  if (kind === 'reserve') return { kind }
  if (kind === 'connect') return { kind, to: parseDeviceId(readText(fields?.get('to'), 100) ?? '') }
  throw new InvalidInputError('that was no request to a relay')
}

export function encodeAnswer(answer: RelayAnswer): Uint8Array {
  return encodeCbor(answer)
}

/** @throws InvalidInputError */
export function decodeAnswer(bytes: Uint8Array): RelayAnswer {
  const fields = decodeCborMap(bytes, MAX_HEAD_BYTES)
  const kind = fields?.get('kind')
  if (kind === 'ok') return { kind }
  if (kind === 'refused')
    return { kind, reason: readText(fields?.get('reason'), MAX_REASON_BYTES) ?? 'it did not say why' }
  throw new InvalidInputError('that was no answer of a relay')
}

export function encodeOrigin(from: DeviceId): Uint8Array {
  return encodeCbor({ from })
}

/** @throws InvalidInputError */
export function decodeOrigin(bytes: Uint8Array): DeviceId {
  return parseDeviceId(readText(decodeCborMap(bytes, MAX_HEAD_BYTES)?.get('from'), 100) ?? '')
}

/** The next frame of a stream that must not end yet. @throws InvalidInputError, StreamClosedError */
export async function nextFrame(stream: MessageStream): Promise<Uint8Array> {
  const next = await stream[Symbol.asyncIterator]().next()
  if (next.done === true) throw new InvalidInputError('the other side said nothing')
  return next.value
}
