import { fromBase64url, toBase64url } from '../base/bytes.ts'
import type { CborFields } from '../base/cbor.ts'
import { decodeCborMap, encodeCbor, isCborOf, readBytes, readText, readWhole } from '../base/cbor.ts'
import type { ChannelId, DeviceId, MessageId } from '../base/ids.ts'
import { parseDeviceId } from '../base/ids.ts'
import {
  COUNTS_PER_LAMPORT,
  MAX_BODY_BYTES,
  MAX_CHANNEL_NAME_BYTES,
  MAX_COUNT,
  MAX_EMOJI_BYTES,
  MAX_MENTIONS,
  MAX_TEXT_BYTES,
  MAX_TIME,
} from './constants.ts'
import type { HybridTime } from './hybrid-clock.ts'
import type { Place } from './places.ts'
import { ID_BYTES } from './places.ts'
import { isChannelName, isEmoji, isMessageText } from './text-rules.ts'

/** What every body has. */
interface Stamped {
  /** 16 random bytes, drawn when the body was made: what makes two equal statements two. */
  readonly nonce: Uint8Array
  readonly clock: HybridTime
  /** The author's wall time in milliseconds; never later than `clock`. */
  readonly at: number
}

export type Body = Stamped &
  (
    | { readonly kind: 'channel.create'; readonly name: string }
    | { readonly kind: 'channel.rename'; readonly channel: ChannelId; readonly name: string }
    | { readonly kind: 'channel.delete'; readonly channel: ChannelId }
    | {
        readonly kind: 'message.post'
        readonly channel: ChannelId
        readonly text: string
        readonly replyTo?: MessageId | undefined
        readonly mentions: readonly DeviceId[]
      }
    | { readonly kind: 'message.edit'; readonly message: Place; readonly text: string }
    | { readonly kind: 'message.delete'; readonly message: Place }
    | { readonly kind: 'message.react'; readonly message: Place; readonly emoji: string; readonly on: boolean }
  )

export type BodyOf<Kind extends Body['kind']> = Extract<Body, { kind: Kind }>

export const KINDS = [
  'channel.create',
  'channel.rename',
  'channel.delete',
  'message.post',
  'message.edit',
  'message.delete',
  'message.react',
] as const satisfies readonly Body['kind'][]

export function encodeBody(body: Body): Uint8Array {
  return encodeCbor({
    id: body.nonce,
    clock: [body.clock.time, body.clock.count],
    at: body.at === body.clock.time ? undefined : body.at,
    ...particulars(body),
  })
}

function particulars(body: Body): object {
  switch (body.kind) {
    case 'channel.create':
      return { name: body.name }
    case 'channel.rename':
      return { channel: fromBase64url(body.channel), name: body.name }
    case 'channel.delete':
      return { channel: fromBase64url(body.channel) }
    case 'message.post':
      return {
        channel: fromBase64url(body.channel),
        text: body.text,
        replyTo: body.replyTo === undefined ? undefined : fromBase64url(body.replyTo),
        mentions: body.mentions.length === 0 ? undefined : body.mentions,
      }
    case 'message.edit':
      return { message: encodePlace(body.message), text: body.text }
    case 'message.delete':
      return { message: encodePlace(body.message) }
    case 'message.react':
      return { message: encodePlace(body.message), emoji: body.emoji, on: body.on }
  }
}

/**
 * Reads the body of an entry; `undefined` where it is void. Never throws. Fields it does not know are left alone,
 * so that a later version can add some.
 *
 * @param lamport of the entry: bounds the clock's counter, so that nobody can use it up
 */
export function decodeBody(kind: string, bytes: Uint8Array, lamport: number): Body | undefined {
  const fields = decodeCborMap(bytes, MAX_BODY_BYTES)
  if (fields === undefined) return undefined
  const stamped = readStamp(fields, lamport)
  if (stamped === undefined) return undefined
  const body = readParticulars(kind, fields, stamped)
  if (body === undefined || !('text' in body || 'name' in body || 'emoji' in body)) return body
  return showsReplacement(body) && !isCborOf(bytes, fields) ? undefined : body
}

function readStamp(fields: CborFields, lamport: number): Stamped | undefined {
  const nonce = readBytes(fields.get('id'), ID_BYTES)
  const clock = readClock(fields.get('clock'))
  if (nonce === undefined || clock === undefined || clock.count > lamport * COUNTS_PER_LAMPORT) return undefined
  const at = fields.has('at') ? readWhole(fields.get('at'), 0, clock.time) : clock.time
  return at === undefined ? undefined : { nonce, clock, at }
}

function readParticulars(kind: string, fields: CborFields, stamped: Stamped): Body | undefined {
  switch (kind) {
    case 'channel.create': {
      const name = readName(fields)
      return name === undefined ? undefined : { kind, ...stamped, name }
    }
    case 'channel.rename': {
      const channel = readChannel(fields)
      const name = readName(fields)
      return channel === undefined || name === undefined ? undefined : { kind, ...stamped, channel, name }
    }
    case 'channel.delete': {
      const channel = readChannel(fields)
      return channel === undefined ? undefined : { kind, ...stamped, channel }
    }
    case 'message.post':
      return readPost(fields, stamped)
    case 'message.edit': {
      const message = readPlace(fields.get('message'))
      const text = readMessageText(fields)
      return message === undefined || text === undefined ? undefined : { kind, ...stamped, message, text }
    }
    case 'message.delete': {
      const message = readPlace(fields.get('message'))
      return message === undefined ? undefined : { kind, ...stamped, message }
    }
    case 'message.react': {
      const message = readPlace(fields.get('message'))
      const emoji = readText(fields.get('emoji'), MAX_EMOJI_BYTES)
      const on = fields.get('on')
      if (message === undefined || emoji === undefined || !isEmoji(emoji) || typeof on !== 'boolean') return undefined
      return { kind, ...stamped, message, emoji, on }
    }
    default:
      return undefined
  }
}

function readPost(fields: CborFields, stamped: Stamped): BodyOf<'message.post'> | undefined {
  const channel = readChannel(fields)
  const text = readMessageText(fields)
  const mentions = readMentions(fields.get('mentions'))
  if (channel === undefined || text === undefined || mentions === undefined) return undefined
  const post = { kind: 'message.post', ...stamped, channel, text, mentions } as const
  if (!fields.has('replyTo')) return post
  const replyTo = readBytes(fields.get('replyTo'), ID_BYTES)
  return replyTo === undefined ? undefined : { ...post, replyTo: toBase64url(replyTo) as MessageId }
}

function readMentions(value: unknown): readonly DeviceId[] | undefined {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length > MAX_MENTIONS) return undefined
  const mentions: DeviceId[] = []
  for (const item of value) {
    if (typeof item !== 'string') return undefined
    try {
      mentions.push(parseDeviceId(item))
    } catch {
      return undefined
    }
  }
  return mentions
}

function readMessageText(fields: CborFields): string | undefined {
  const text = readText(fields.get('text'), MAX_TEXT_BYTES)
  return text !== undefined && isMessageText(text) ? text : undefined
}

function readName(fields: CborFields): string | undefined {
  const name = readText(fields.get('name'), MAX_CHANNEL_NAME_BYTES)
  return name !== undefined && isChannelName(name) ? name : undefined
}

function readChannel(fields: CborFields): ChannelId | undefined {
  const id = readBytes(fields.get('channel'), ID_BYTES)
  return id === undefined ? undefined : (toBase64url(id) as ChannelId)
}

function readClock(value: unknown): HybridTime | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined
  const time = readWhole(value[0], 0, MAX_TIME)
  const count = readWhole(value[1], 0, MAX_COUNT)
  return time === undefined || count === undefined ? undefined : { time, count }
}

function encodePlace(place: Place): readonly unknown[] {
  return [fromBase64url(place.channel), [place.clock.time, place.clock.count], fromBase64url(place.id)]
}

function readPlace(value: unknown): Place | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined
  const channel = readBytes(value[0], ID_BYTES)
  const clock = readClock(value[1])
  const id = readBytes(value[2], ID_BYTES)
  if (channel === undefined || clock === undefined || id === undefined) return undefined
  return { channel: toBase64url(channel) as ChannelId, clock, id: toBase64url(id) as MessageId }
}

/** U+FFFD is what bytes that are not UTF-8 turn into. */
function showsReplacement(body: Body): boolean {
  const text = 'text' in body ? body.text : 'name' in body ? body.name : 'emoji' in body ? body.emoji : ''
  return text.includes('\uFFFD')
}
