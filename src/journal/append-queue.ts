import { BodyTooLargeError } from './errors.ts'
import type { JournalAddress } from './header.ts'
import { DATA, MEMBERS } from './header.ts'
import type { SoundEntry } from './incoming.ts'
import type { Draft } from './journal.ts'
import { MAX_BODY_BYTES } from './journal.ts'
import type { Line } from './line.ts'

/** What is written as one at most (one call alone may have more): the disk's batch, and the time that signing takes. */
const MAX_GROUP_DRAFTS = 256
const MAX_GROUP_BYTES = 1024 * 1024

export interface WrittenDrafts {
  /** One for each draft, in their order. */
  readonly entries: readonly SoundEntry[]
  readonly line: Line
}

export interface AppendCall {
  readonly isWritten: boolean
  /** @throws what writing failed with */
  written(): WrittenDrafts
}

interface Waiting {
  readonly kind: JournalAddress['kind']
  readonly drafts: readonly Draft[]
  readonly bytes: number
  outcome: { readonly written: WrittenDrafts } | { readonly error: unknown } | undefined
}

/**
 * Group commit of one's own entries. Each write waits for the fsync that is under way; were every call a write of its
 * own, appending would be as slow as one fsync an entry, however many wait.
 */
export class AppendQueue {
  readonly #waiting: Waiting[] = []

  /** @throws BodyTooLargeError: a call that cannot be written takes no other with it */
  add(drafts: readonly Draft[]): AppendCall {
    let bytes = 0
    for (const { body } of drafts) {
      if (body.length > MAX_BODY_BYTES) throw new BodyTooLargeError(body.length, MAX_BODY_BYTES)
      bytes += body.length
    }
    const kind = drafts[0]?.journal === 'members' ? MEMBERS : DATA
    const call: Waiting = { kind, drafts, bytes, outcome: undefined }
    this.#waiting.push(call)
    return {
      get isWritten() {
        return call.outcome !== undefined
      },
      written: () => {
        if (call.outcome === undefined) throw new Error('the call was not written yet')
        if ('error' in call.outcome) throw call.outcome.error
        return call.outcome.written
      },
    }
  }

  /** Writes the calls that have waited longest, as consecutive entries of one journal; each learns how it went. */
  async write(
    store: (kind: JournalAddress['kind'], drafts: readonly Draft[]) => Promise<WrittenDrafts>,
  ): Promise<void> {
    const group = this.#waiting.splice(0, this.#lengthOfGroup())
    const [first] = group
    if (first === undefined) return
    try {
      const drafts = group.flatMap((call) => call.drafts)
      const { entries, line } = await store(first.kind, drafts)
      let start = 0
      for (const call of group) {
        const end = start + call.drafts.length
        call.outcome = { written: { entries: entries.slice(start, end), line } }
        start = end
      }
    } catch (error) {
      for (const call of group) call.outcome = { error }
    }
  }

  #lengthOfGroup(): number {
    let drafts = 0
    let bytes = 0
    for (const [index, call] of this.#waiting.entries()) {
      drafts += call.drafts.length
      bytes += call.bytes
      const tooMuch = drafts > MAX_GROUP_DRAFTS || bytes > MAX_GROUP_BYTES
      if (index > 0 && (tooMuch || call.kind !== this.#waiting[0]?.kind)) return index
    }
    return this.#waiting.length
  }
}
