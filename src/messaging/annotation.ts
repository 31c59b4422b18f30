import { compareBytes } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor } from '../base/cbor.ts'
import type { BodyOf } from './bodies.ts'
import { isLater } from './channel-state.ts'
import { MAX_REACTIONS_PER_DEVICE } from './constants.ts'

interface Reaction {
  readonly emoji: string
  readonly on: boolean
  readonly order: Uint8Array
}

interface Edit {
  readonly text: string
  readonly at: number
  readonly order: Uint8Array
}

/**
 * Everything that one device said about one message: kept beside the message, whether that has come yet or not.
 * Whether it may edit or delete is judged when the message is read, because only then is its author known for sure.
 */
export interface Annotation {
  readonly edit?: Edit
  readonly deleted: boolean
  /** The latest on each emoji, latest first, at most MAX_REACTIONS_PER_DEVICE. */
  readonly reactions: readonly Reaction[]
}

export const NO_ANNOTATION: Annotation = { deleted: false, reactions: [] }

type AnnotationBody = BodyOf<'message.edit' | 'message.delete' | 'message.react'>

/**
 * The annotation with `body` taken in; the same object where it says nothing new. Order of arrival and repetition
 * don't matter.
 * @param order the body's clock and id: equal only for the same body
 */
export function reduceAnnotation(state: Annotation, body: AnnotationBody, order: Uint8Array): Annotation {
  switch (body.kind) {
    case 'message.delete':
      return state.deleted ? state : { ...state, deleted: true }
    case 'message.edit':
      return isLater(order, state.edit?.order) ? { ...state, edit: { text: body.text, at: body.at, order } } : state
    case 'message.react': {
      const known = state.reactions.find((reaction) => reaction.emoji === body.emoji)
      if (!isLater(order, known?.order)) return state
      // Cutting off the earliest is safe: whatever comes later about a forgotten emoji and is older than what is kept
      // would be cut off again, so the outcome is that of keeping all.
      const reactions = [
        { emoji: body.emoji, on: body.on, order },
        ...state.reactions.filter((reaction) => reaction !== known),
      ]
        .sort((a, b) => compareBytes(b.order, a.order))
        .slice(0, MAX_REACTIONS_PER_DEVICE)
      return reactions.some((reaction) => reaction.order === order) ? { ...state, reactions } : state
    }
  }
}

export function encodeAnnotation(annotation: Annotation): Uint8Array {
  const { edit } = annotation
  return encodeCbor({
    edit: edit === undefined ? undefined : [edit.text, edit.at, edit.order],
    deleted: annotation.deleted,
    reactions: annotation.reactions.map((reaction) => [reaction.emoji, reaction.on, reaction.order]),
  })
}

/** Reads what `encodeAnnotation` wrote. */
export function decodeAnnotation(value: Uint8Array | undefined): Annotation {
  const fields = value === undefined ? undefined : decodeCborMap(value, value.length)
  if (fields === undefined) return NO_ANNOTATION
  const edit = fields.get('edit')
  const reactions = fields.get('reactions')
  return {
    ...(Array.isArray(edit) ? { edit: readEdit(edit) } : {}),
    deleted: fields.get('deleted') === true,
    reactions: Array.isArray(reactions) ? reactions.map((item) => readReaction(item as readonly unknown[])) : [],
  }
}

function readEdit([text, at, order]: readonly unknown[]): Edit {
  return { text: text as string, at: at as number, order: order as Uint8Array }
}

function readReaction([emoji, on, order]: readonly unknown[]): Reaction {
  return { emoji: emoji as string, on: on as boolean, order: order as Uint8Array }
}
