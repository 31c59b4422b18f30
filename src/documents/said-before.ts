import { toHex } from '../base/bytes.ts'
import { prefixRange } from '../store/keys.ts'
import type { Transaction } from '../store/transaction.ts'
import type { EntryRecord } from './entry-record.ts'
import { decodeEntryRecord, ID_BYTES } from './entry-record.ts'
import { entriesPrefix, journalTag } from './records.ts'
import type { HeldEntry } from './waiting-entry.ts'

/** What was applied in one document: bodies by their ids, and what checkpoints cover. Asked only in rare cases. */
export class SaidBefore {
  readonly #bodies = new Set<string>()
  readonly #covered = new Map<string, (readonly [number, number])[]>()

  static async read(document: Uint8Array, transaction: Transaction): Promise<SaidBefore> {
    const said = new SaidBefore()
    for (const own of [false, true]) {
      for (const [, value] of await transaction.entries(prefixRange(entriesPrefix(document, own)))) {
        said.add(decodeEntryRecord(value))
      }
    }
    return said
  }

  add({ covers, fate, id }: EntryRecord): void {
    if (fate !== 'applied') return
    this.#bodies.add(toHex(id))
    if (covers === undefined) return
    for (const { incarnation, ranges } of covers.supersedes) {
      const tag = journalTag({ device: covers.device, incarnation, kind: 'data' })
      this.#covered.set(tag, [...(this.#covered.get(tag) ?? []), ...ranges])
    }
  }

  /** Whether the body of this id was applied, from whatever place. */
  has(id: Uint8Array): boolean {
    return this.#bodies.has(toHex(id.subarray(0, ID_BYTES)))
  }

  /** Whether a checkpoint that was applied says what this entry says. */
  covers(entry: HeldEntry): boolean {
    const ranges = this.#covered.get(journalTag(entry.journal)) ?? []
    return ranges.some(([from, to]) => from <= entry.sequence && entry.sequence <= to)
  }
}
