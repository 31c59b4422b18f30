import { MurmurationError } from '../../base/errors.ts'

/**
 * What passes between a peer's API server and its clients, on every channel alike.
 *
 * The client speaks first. It answers for what it takes in: `taken` counts the server's frames it has handled so
 * far, and the server keeps what it has under way bounded by that, since a MessagePort tells nobody how full it is.
 */
export const API_PROTOCOL = 1

/** Larger than any call's bytes (16 MB) with room for text that UTF-8 makes longer. */
export const MAX_FRAME_BYTES = 32 * 1024 * 1024
/** A client says `taken` after this many frames or bytes; far below where the server starts holding back. */
export const TAKEN_EVERY_FRAMES = 32
export const TAKEN_EVERY_BYTES = 128 * 1024

export type ClientFrame =
  | { readonly type: 'hello'; readonly protocol: number }
  | { readonly type: 'call'; readonly id: number; readonly name: string; readonly parameters: unknown }
  /** The caller gave up; an answer may still cross it. */
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'taken'; readonly frames: number }

export type ServerFrame =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly type: 'event'; readonly name: string; readonly event: unknown }
  /** The last frame: why the server ends the connection. */
  | { readonly type: 'goodbye'; readonly code: string; readonly message: string }

export class FrameTooLargeError extends MurmurationError {
  constructor(bytes: number) {
    super(
      'TOO_LARGE',
      `${(bytes / 1e6).toFixed(1)} MB do not fit into one call: at most ${MAX_FRAME_BYTES / 2 ** 20} MB do. Split it.`,
    )
  }
}

/** Bytes or values on a channel that are no frame. They end the connection. */
export class MalformedFrameError extends MurmurationError {
  constructor(what: string, options?: ErrorOptions) {
    super('MALFORMED_FRAME', `The other side sent something that is not of this protocol: ${what}.`, options)
  }
}

type Fields = Readonly<Record<string, unknown>>

/** @throws MalformedFrameError */
export function decodeClientFrame(value: unknown): ClientFrame {
  const fields = fieldsOf(value)
  switch (fields['type']) {
    case 'hello':
      return { type: 'hello', protocol: count(fields, 'protocol') }
    case 'call':
      return { type: 'call', id: count(fields, 'id'), name: text(fields, 'name'), parameters: fields['parameters'] }
    case 'cancel':
      return { type: 'cancel', id: count(fields, 'id') }
    case 'taken':
      return { type: 'taken', frames: count(fields, 'frames') }
    default:
      throw new MalformedFrameError('a frame of no known type')
  }
}

/** @throws MalformedFrameError */
export function decodeServerFrame(value: unknown): ServerFrame {
  const fields = fieldsOf(value)
  switch (fields['type']) {
    case 'result':
      return { type: 'result', id: count(fields, 'id'), value: fields['value'] }
    case 'error':
      return { type: 'error', id: count(fields, 'id'), code: text(fields, 'code'), message: text(fields, 'message') }
    case 'event':
      return { type: 'event', name: text(fields, 'name'), event: fields['event'] }
    case 'goodbye':
      return { type: 'goodbye', code: text(fields, 'code'), message: text(fields, 'message') }
    default:
      throw new MalformedFrameError('a frame of no known type')
  }
}

function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedFrameError('not a frame')
  return value as Fields
}

function count(fields: Fields, name: string): number {
  const value = fields[name]
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new MalformedFrameError(`a frame whose ${name} is no whole number`)
  }
  return value
}

function text(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw new MalformedFrameError(`a frame whose ${name} is no text`)
  return value
}
