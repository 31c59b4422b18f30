import { concatBytes, utf8 } from '../base/bytes.ts'
import { prefixRange } from '../store/keys.ts'

/** What the mailbox keeps, by the letter that goes before the rest of the key. */
const LETTERS = {
  /** An envelope held for others, by number: tag, who left it, when, how long. */
  envelope: 'e',
  /** Its sealed box. */
  envelopeBox: 'b',
  /** An own parcel, by number. */
  parcel: 'p',
  /** Its sealed box. */
  parcelBox: 'x',
  /** The tag of an own parcel that is not needed any more. */
  withdrawn: 'd',
  /** The tag of an envelope that was fetched. */
  known: 'k',
  /** What came for this device and is not delivered yet, by tag. */
  undelivered: 'i',
  /** The hours of the last week in which a machine was seen. */
  week: 'w',
} as const

type Kind = keyof typeof LETTERS

/** The keys under which the mailbox keeps its records. */
export class RecordKeys {
  readonly #prefix: Uint8Array

  constructor(prefix: Uint8Array) {
    this.#prefix = prefix
  }

  key(kind: Kind, name: Uint8Array): Uint8Array {
    return concatBytes(this.#head(kind), name)
  }

  range(kind: Kind): { readonly gte: Uint8Array; readonly lt: Uint8Array } {
    return prefixRange(this.#head(kind))
  }

  /** What follows the prefix and the letter. */
  nameIn(key: Uint8Array): Uint8Array {
    return key.slice(this.#prefix.length + 1)
  }

  #head(kind: Kind): Uint8Array {
    return concatBytes(this.#prefix, utf8(LETTERS[kind]))
  }
}
