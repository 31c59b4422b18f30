import { decodeCborList, encodeCbor, readBytes, readWhole } from '../base/cbor.ts'
import { InvalidInputError } from '../base/errors.ts'
import { SEALED_BOX_OVERHEAD } from '../identity/sealed-box.ts'
import { MAX_FETCHED, MAX_PAGE, MAX_TAGS, SIZE_CLASSES, TAG_BYTES } from './constants.ts'

/**
 * The mailbox, version 1. Each peer opens one stream to each neighbour and asks over it; the neighbour answers each question
 * in turn, and between answers says when it has something new.
 */
export const MAILBOX_PROTOCOL = '/murmuration/mailbox/1'

/** `share`: the sender's own share of the machine is used up; `full`: the whole machine is. */
export const REFUSALS = ['full', 'share', 'duplicate'] as const
export type Refusal = (typeof REFUSALS)[number]

/** What everybody may see of an envelope. */
export interface Listed {
  readonly tag: Uint8Array
  /** Of the sealed box. */
  readonly bytes: number
}

export type Question =
  | { readonly type: 'leave'; readonly tag: Uint8Array; readonly box: Uint8Array }
  | { readonly type: 'withdraw'; readonly tags: readonly Uint8Array[] }
  /** Which of the envelopes that the asker left are here? */
  | { readonly type: 'mine' }
  /** Which envelopes are here, from this place of the answering machine's own count on? */
  | { readonly type: 'list'; readonly from: number }
  | { readonly type: 'fetch'; readonly tags: readonly Uint8Array[] }

export type Answer =
  | { readonly type: 'left'; readonly refusal: Refusal | undefined }
  | { readonly type: 'withdrawn' }
  | { readonly type: 'mine'; readonly tags: readonly Uint8Array[] }
  /** `next` is where to go on from, now or later. */
  | { readonly type: 'listed'; readonly items: readonly Listed[]; readonly next: number; readonly more: boolean }
  /** For the first of the tags that were asked for, as many as fit; `undefined` where it is not here any more. */
  | { readonly type: 'boxes'; readonly boxes: readonly (Uint8Array | undefined)[] }
  /** Unasked: there is something new. */
  | { readonly type: 'advance' }

const LEAVE = 0
const WITHDRAW = 1
const MINE = 2
const LIST = 3
const FETCH = 4
const LEFT = 10
const WITHDRAWN = 11
const MINE_ANSWER = 12
const LISTED = 13
const BOXES = 14
const ADVANCE = 15

/** The lengths that a sealed box may have. */
export const BOX_BYTES: readonly number[] = SIZE_CLASSES.map((size) => size + SEALED_BOX_OVERHEAD)

export function encodeQuestion(question: Question): Uint8Array {
  switch (question.type) {
    case 'leave':
      return encodeCbor([LEAVE, question.tag, question.box])
    case 'withdraw':
      return encodeCbor([WITHDRAW, question.tags])
    case 'mine':
      return encodeCbor([MINE])
    case 'list':
      return encodeCbor([LIST, question.from])
    case 'fetch':
      return encodeCbor([FETCH, question.tags])
  }
}

export function encodeAnswer(answer: Answer): Uint8Array {
  switch (answer.type) {
    case 'left':
      return encodeCbor([LEFT, answer.refusal ?? null])
    case 'withdrawn':
      return encodeCbor([WITHDRAWN])
    case 'mine':
      return encodeCbor([MINE_ANSWER, answer.tags])
    case 'listed':
      return encodeCbor([
        LISTED,
        answer.items.map(({ bytes, tag }) => [tag, BOX_BYTES.indexOf(bytes)]),
        answer.next,
        answer.more,
      ])
    case 'boxes':
      return encodeCbor([BOXES, answer.boxes.map((box) => box ?? null)])
    case 'advance':
      return encodeCbor([ADVANCE])
  }
}

/** @throws InvalidInputError */
export function decodeQuestion(frame: Uint8Array): Question {
  const [kind, ...fields] = readFrame(frame)
  switch (kind) {
    case LEAVE:
      expectFields(fields, 2)
      return { type: 'leave', tag: readTag(fields[0]), box: readBox(fields[1]) }
    case WITHDRAW:
      expectFields(fields, 1)
      return { type: 'withdraw', tags: readList(fields[0], MAX_TAGS).map(readTag) }
    case MINE:
      expectFields(fields, 0)
      return { type: 'mine' }
    case LIST:
      expectFields(fields, 1)
      return { type: 'list', from: readCount(fields[0]) }
    case FETCH:
      expectFields(fields, 1)
      return { type: 'fetch', tags: readList(fields[0], MAX_FETCHED).map(readTag) }
    default:
      throw new InvalidInputError('an unknown question about the mailbox')
  }
}

/** @throws InvalidInputError */
export function decodeAnswer(frame: Uint8Array): Answer {
  const [kind, ...fields] = readFrame(frame)
  switch (kind) {
    case LEFT:
      expectFields(fields, 1)
      return { type: 'left', refusal: fields[0] === null ? undefined : readRefusal(fields[0]) }
    case WITHDRAWN:
      expectFields(fields, 0)
      return { type: 'withdrawn' }
    case MINE_ANSWER:
      expectFields(fields, 1)
      return { type: 'mine', tags: readList(fields[0], MAX_TAGS).map(readTag) }
    case LISTED:
      expectFields(fields, 3)
      return {
        type: 'listed',
        items: readList(fields[0], MAX_PAGE).map(readListed),
        next: readCount(fields[1]),
        more: readFlag(fields[2]),
      }
    case BOXES:
      expectFields(fields, 1)
      return {
        type: 'boxes',
        boxes: readList(fields[0], MAX_FETCHED).map((box) => (box === null ? undefined : readBox(box))),
      }
    case ADVANCE:
      expectFields(fields, 0)
      return { type: 'advance' }
    default:
      throw new InvalidInputError('an unknown answer about the mailbox')
  }
}

function readFrame(frame: Uint8Array): readonly unknown[] {
  const fields = decodeCborList(frame)
  if (fields === undefined) throw new InvalidInputError('a frame of the mailbox that is no list')
  return fields
}

function expectFields(fields: readonly unknown[], count: number): void {
  if (fields.length !== count) throw new InvalidInputError('a frame of the mailbox with other fields than it must have')
}

function readList(value: unknown, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw new InvalidInputError('not a list, or one that is too long')
  return value
}

function readTag(value: unknown): Uint8Array {
  const tag = readBytes(value, TAG_BYTES)
  if (tag === undefined) throw new InvalidInputError('not a tag')
  return tag
}

function readBox(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array) || !BOX_BYTES.includes(value.length)) {
    throw new InvalidInputError('not a box of one of the size classes')
  }
  return value
}

function readListed(value: unknown): Listed {
  const fields = readList(value, 2)
  const bytes = BOX_BYTES[readWhole(fields[1], 0, BOX_BYTES.length - 1) ?? BOX_BYTES.length]
  if (bytes === undefined) throw new InvalidInputError('not a size class')
  return { tag: readTag(fields[0]), bytes }
}

function readRefusal(value: unknown): Refusal {
  const refusal = REFUSALS.find((name) => name === value)
  if (refusal === undefined) throw new InvalidInputError('an unknown refusal')
  return refusal
}

function readCount(value: unknown): number {
  const count = readWhole(value, 0, Number.MAX_SAFE_INTEGER)
  if (count === undefined) throw new InvalidInputError('not a count')
  return count
}

function readFlag(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new InvalidInputError('not a yes or no')
  return value
}
