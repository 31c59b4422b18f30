import { EMPTY_BYTES, toHex } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Transaction } from '../store/transaction.ts'
import type { Annotation } from './annotation.ts'
import { decodeAnnotation, encodeAnnotation, NO_ANNOTATION, reduceAnnotation } from './annotation.ts'
import type { BodyOf } from './bodies.ts'
import type { SameAuthor } from './same-author.ts'
import { placeBytes } from './places.ts'
import { annotatedKey, annotationKey, decodeMessage, messageKey } from './records.ts'
import type { Statement, Want } from './statement.ts'

export type AnnotationBody = BodyOf<'message.edit' | 'message.delete' | 'message.react'>

interface Annotated {
  readonly key: Uint8Array
  readonly place: Uint8Array
  annotation: Annotation
  changed: boolean
}

/** What a batch says of messages, those included that have not come yet. */
export class BatchAnnotations {
  readonly #annotated = new Map<string, Annotated>()
  /** Authors of the messages that are there, by hex of their place. */
  readonly #authors = new Map<string, DeviceId>()
  readonly #sameAuthor: SameAuthor

  constructor(sameAuthor: SameAuthor) {
    this.#sameAuthor = sameAuthor
  }

  load({ entry }: Statement, { message }: AnnotationBody, want: Want): void {
    const key = annotationKey(message, entry.device)
    const name = toHex(key)
    if (this.#annotated.has(name)) return
    const annotated = { key, place: placeBytes(message), annotation: NO_ANNOTATION, changed: false }
    this.#annotated.set(name, annotated)
    want(key, (value) => {
      annotated.annotation = decodeAnnotation(value)
    })
    want(messageKey(message), (value) => {
      if (value !== undefined) this.#authors.set(toHex(placeBytes(message)), decodeMessage(value).device)
    })
  }

  /** A message came in this batch. */
  notePost(place: Uint8Array, author: DeviceId): void {
    if (this.#annotated.size > 0) this.#authors.set(toHex(place), author)
  }

  /** Returns whether the message as it is shown has changed. */
  add({ entry, order }: Statement, body: AnnotationBody): boolean {
    const annotated = this.#annotated.get(toHex(annotationKey(body.message, entry.device)))
    if (annotated === undefined) return false
    const after = reduceAnnotation(annotated.annotation, body, order)
    if (after === annotated.annotation) return false
    annotated.annotation = after
    annotated.changed = true
    const author = this.#authors.get(toHex(placeBytes(body.message)))
    return author !== undefined && (body.kind === 'message.react' || this.#sameAuthor(author, entry.device))
  }

  write(transaction: Transaction): void {
    for (const { key, place, annotation, changed } of this.#annotated.values()) {
      if (!changed) continue
      transaction.put(key, encodeAnnotation(annotation))
      transaction.put(annotatedKey(place), EMPTY_BYTES)
    }
  }
}
