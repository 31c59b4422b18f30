import { concatBytes, fromBase64url, fromUtf8, toBase64url, utf8 } from '../base/bytes.ts'
import type { ChannelId, DeviceId, MessageId } from '../base/ids.ts'
import type { Entry, EntryReference } from '../journal/entry-types.ts'
import { readUint64Key, uint64Key } from '../store/keys.ts'
import type { HybridTime } from './hybrid-clock.ts'
import type { Place } from './places.ts'
import { HYBRID_BYTES, ID_BYTES, ORDER_BYTES, placeBytes, readOrderKey } from './places.ts'

/**
 * The records of the projection, all under `pm`:
 *
 *   m channel order            a message: reference, body
 *   m channel order device     what that device said about the message since
 *   a channel order            some device said something about the message
 *   i message                  channel order: where it stands
 *   c channel                  its name and fate
 *   n channel                  how many messages it has, and the last
 *   n channel device           order of that device's last message in it
 *   k                          the greatest hybrid time known
 *
 * So a page with all edits and reactions is one scan, a message that nothing was said about takes no scan at all, and
 * neither cares how long the channel is.
 */
export const PREFIX: Uint8Array = utf8('pm')
const MESSAGES = utf8('pmm')
const ANNOTATED = utf8('pma')
const INDEX = utf8('pmi')
const CHANNELS = utf8('pmc')
const TALLIES = utf8('pmn')
export const CLOCK_KEY: Uint8Array = utf8('pmk')
/** What this machine alone keeps: not of the projection, so that it outlives a rebuild. */
const READ_MARKS = utf8('lmr')

export const MESSAGE_KEY_BYTES: number = MESSAGES.length + ID_BYTES + ORDER_BYTES

export const channelsPrefix: Uint8Array = CHANNELS

/** A channel and an order within it, in bytes: where a message stands. */
export function placeOf(channel: Uint8Array, order: Uint8Array): Uint8Array {
  return concatBytes(channel, order)
}

export function messageKey(place: Place): Uint8Array {
  return messageKeyAt(placeBytes(place))
}

export function messageKeyAt(place: Uint8Array): Uint8Array {
  return concatBytes(MESSAGES, place)
}

/** Before all messages of the channel; their end is `prefixRange` of it. */
export function messagesPrefix(channel: ChannelId): Uint8Array {
  return concatBytes(MESSAGES, fromBase64url(channel))
}

export function annotationKey(place: Place, device: DeviceId): Uint8Array {
  return concatBytes(MESSAGES, placeBytes(place), utf8(device))
}

export function annotatedKey(place: Uint8Array): Uint8Array {
  return concatBytes(ANNOTATED, place)
}

export function placeOfKey(key: Uint8Array): Uint8Array {
  return key.subarray(MESSAGES.length, MESSAGE_KEY_BYTES)
}

export function orderOfKey(key: Uint8Array): Uint8Array {
  return key.subarray(MESSAGES.length + ID_BYTES, MESSAGE_KEY_BYTES)
}

/** The device of an annotation's key. */
export function deviceOfKey(key: Uint8Array): DeviceId {
  return fromUtf8(key.subarray(MESSAGE_KEY_BYTES)) as DeviceId
}

export function indexKey(message: MessageId): Uint8Array {
  return indexKeyOf(fromBase64url(message))
}

/** @param id 16 bytes */
export function indexKeyOf(id: Uint8Array): Uint8Array {
  return concatBytes(INDEX, id)
}

export function channelKey(channel: ChannelId): Uint8Array {
  return concatBytes(CHANNELS, fromBase64url(channel))
}

export function channelOfKey(key: Uint8Array): ChannelId {
  return toBase64url(key.subarray(CHANNELS.length)) as ChannelId
}

export function tallyKey(channel: ChannelId): Uint8Array {
  return concatBytes(TALLIES, fromBase64url(channel))
}

export function latestKey(channel: ChannelId, device: DeviceId): Uint8Array {
  return concatBytes(TALLIES, fromBase64url(channel), utf8(device))
}

export function readMarkKey(channel: ChannelId): Uint8Array {
  return concatBytes(READ_MARKS, fromBase64url(channel))
}

/** How many messages a channel has and its newest; deleted ones count. */
export interface Tally {
  readonly messages: number
  readonly lastOrder: Uint8Array
  readonly lastAt: number
}

export function encodeTally(tally: Tally): Uint8Array {
  return concatBytes(uint64Key(tally.messages), uint64Key(tally.lastAt), tally.lastOrder)
}

export function decodeTally(value: Uint8Array): Tally {
  return { messages: readUint64Key(value, 0), lastAt: readUint64Key(value, 8), lastOrder: value.subarray(16) }
}

export function decodeClock(value: Uint8Array | undefined): HybridTime {
  return value === undefined || value.length < HYBRID_BYTES ? { time: 0, count: 0 } : readOrderKey(value)
}

/** A message as it is kept: who, where in which journal, and the body as it was written. */
export interface StoredMessage {
  readonly device: DeviceId
  readonly reference: EntryReference
  /** Its author's clock was seen to be off when it came. */
  readonly clockOff: boolean
  readonly body: Uint8Array
}

const CLOCK_OFF = 1

export function encodeMessage(entry: Entry, journalName: Uint8Array, options: { clockOff: boolean }): Uint8Array {
  const sequenceAt = 2 + journalName.length
  const value = Buffer.allocUnsafe(sequenceAt + 8 + entry.body.length)
  value[0] = options.clockOff ? CLOCK_OFF : 0
  value[1] = journalName.length
  value.set(journalName, 2)
  value.writeUInt32BE(Math.floor(entry.sequence / 2 ** 32), sequenceAt)
  value.writeUInt32BE(entry.sequence >>> 0, sequenceAt + 4)
  value.set(entry.body, sequenceAt + 8)
  return value
}

/** A journal as one short string: the device, the incarnation, and the branch if it has one. */
export function journalName(entry: Entry): Uint8Array {
  const { device, incarnation, branch } = entry.journal
  return utf8(branch === undefined ? `${device} ${incarnation}` : `${device} ${incarnation} ${branch}`)
}

export function decodeMessage(value: Uint8Array): StoredMessage {
  const nameEnd = 2 + (value[1] ?? 0)
  const [device, incarnation, branch] = fromUtf8(value.subarray(2, nameEnd)).split(' ')
  if (device === undefined || incarnation === undefined) throw new RangeError('a stored message without its journal')
  const journal = { device: device as DeviceId, incarnation, kind: 'data' } as const
  return {
    device: journal.device,
    reference: {
      journal: branch === undefined ? journal : { ...journal, branch },
      sequence: readUint64Key(value, nameEnd),
    },
    clockOff: ((value[0] ?? 0) & CLOCK_OFF) !== 0,
    body: value.subarray(nameEnd + 8),
  }
}
