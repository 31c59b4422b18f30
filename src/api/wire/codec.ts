import { decode, encode } from 'cborg'
import type { DecodeOptions } from 'cborg'

import { FrameTooLargeError, MAX_FRAME_BYTES, MalformedFrameError } from './frames.ts'

/** CBOR carries what structured clone carries of our values: Uint8Array stays Uint8Array, undefined stays undefined. */
const DECODING: DecodeOptions = {
  allowIndefinite: false,
  allowBigInt: false,
  rejectDuplicateMapKeys: true,
}

/** @throws FrameTooLargeError */
export function encodeFrame(frame: object): Uint8Array<ArrayBuffer> {
  const bytes = encode(frame)
  if (bytes.length > MAX_FRAME_BYTES) throw new FrameTooLargeError(bytes.length)
  return bytes
}

/**
 * The value that the bytes spell; byte strings in it own their memory.
 * @throws MalformedFrameError
 */
export function decodeFrame(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_FRAME_BYTES) throw new MalformedFrameError(`a frame of ${bytes.length} bytes`)
  try {
    return decode(bytes, DECODING)
  } catch (error) {
    throw new MalformedFrameError('bytes that are no CBOR', { cause: error })
  }
}
