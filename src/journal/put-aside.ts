import { decode, encode } from 'cborg'

import { concatBytes, utf8 } from '../base/bytes.ts'
import { prefixRange, uint32Key } from '../store/keys.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import type { Draft } from './journal.ts'

/** Own drafts that stood behind a gap in a damaged store: kept until they are written anew. */
export class PutAside {
  readonly #store: RecordStore
  readonly #prefix: Uint8Array
  #next = 0

  constructor(store: RecordStore, prefix: Uint8Array) {
    this.#store = store
    this.#prefix = concatBytes(prefix, utf8('md'))
  }

  async load(): Promise<void> {
    for await (const [key] of this.#store.entries(prefixRange(this.#prefix))) {
      this.#next = new DataView(key.buffer, key.byteOffset + this.#prefix.length).getUint32(0) + 1
    }
  }

  putOperation({ body, journal = 'data', kind }: Draft): Operation {
    const key = concatBytes(this.#prefix, uint32Key(this.#next++))
    return { type: 'put', key, value: encode([kind, body, journal]) }
  }

  /** Oldest first, each with what forgets it. */
  async *drafts(): AsyncGenerator<{ readonly draft: Draft; readonly forget: Operation }> {
    for await (const [key, value] of this.#store.entries(prefixRange(this.#prefix))) {
      const [kind, body, journal] = decode(value) as [string, Uint8Array, NonNullable<Draft['journal']>]
      yield { draft: { kind, body, journal }, forget: { type: 'delete', key } }
    }
  }
}
