import { bytesEqual, EMPTY_BYTES, fromHex } from '../base/bytes.ts'
import type { Clock } from '../base/clock.ts'
import { sha256 } from '../base/hash.ts'
import type { DeviceKey } from '../identity/device-key.ts'
import { MAX_SEQUENCE } from '../identity/roster/index.ts'
import type { Operation } from '../store/record-store.ts'
import type { Blobs } from './blobs.ts'
import { MAX_INLINE_BODY_BYTES, MAX_SEEN } from './constants.ts'
import { BodyTooLargeError, TooManyActsError } from './errors.ts'
import { EMPTY_RUN, fits, longer } from './gossip-run.ts'
import type { JournalAddress, SealedHeader, Seen } from './header.ts'
import { DATA, MEMBERS, sealHeader } from './header.ts'
import type { SoundBatch, SoundEntry } from './incoming.ts'
import type { Draft } from './journal.ts'
import { MAX_BODY_BYTES } from './journal.ts'
import type { Line } from './line.ts'
import { journalName, ORIGIN } from './line.ts'
import type { LineStore } from './line-store.ts'

/** Says only what its author has seen; written where one header can't name it all. */
export const SEEN_KIND = 'journal.seen'

export interface AuthoredBatch {
  readonly batch: SoundBatch
  /** Blobs, and how far other journals are named as seen by it. */
  readonly operations: readonly Operation[]
  readonly entries: readonly SoundEntry[]
  /** To be called once it is stored. */
  readonly committed: () => void
}

interface Unsigned {
  readonly header: SealedHeader
  readonly body: Uint8Array
}

/** Writes this device's own entries: chained, causally complete, signed. */
export class Author {
  readonly #space: Uint8Array
  readonly #key: DeviceKey
  readonly #clock: Clock
  readonly #lines: LineStore
  readonly #blobs: Blobs

  constructor(options: {
    readonly space: Uint8Array
    readonly key: DeviceKey
    readonly clock: Clock
    readonly lines: LineStore
    readonly blobs: Blobs
  }) {
    this.#space = options.space
    this.#key = options.key
    this.#clock = options.clock
    this.#lines = options.lines
    this.#blobs = options.blobs
  }

  /**
   * Makes consecutive entries of drafts for one journal.
   * @throws BodyTooLargeError, TooManyActsError
   */
  write(incarnation: Uint8Array, kind: JournalAddress['kind'], drafts: readonly Draft[]): AuthoredBatch {
    const journal: JournalAddress = { device: this.#key.publicKey, incarnation, kind }
    const name = journalName(journal)
    const own = this.#lines.named(name)[0]
    // A checkpoint stands in for entries whose headers go with it: it says anew what all of them had seen.
    const saysAnew = drafts.some(({ supersedes = [] }) => supersedes.length > 0)
    const unseen = this.#lines.all.filter((line) => line !== own && (saysAnew ? isSeen(line) : isNews(line, kind)))
    const operations: Operation[] = []
    const sealed: Unsigned[] = []
    let last = own?.head ?? ORIGIN

    const add = (draft: Draft, seen: readonly Line[]): void => {
      const entry = this.#seal({ journal, last, draft, seen, operations })
      sealed.push(entry)
      last = entry.header
    }
    let pending: readonly Line[] = unseen
    for (; pending.length > MAX_SEEN; pending = pending.slice(MAX_SEEN)) {
      add({ kind: SEEN_KIND, body: EMPTY_BYTES }, pending.slice(0, MAX_SEEN))
    }
    for (const draft of drafts) {
      add(draft, pending)
      pending = []
    }
    if (kind === MEMBERS && last.sequence > MAX_SEQUENCE) throw new TooManyActsError(MAX_SEQUENCE)
    const entries = this.#signed(sealed)
    const marks = unseen.map((line): [Line, Line['seen']] => [line, withSeen(line, kind)])
    for (const [line, seen] of marks) operations.push(this.#lines.lineOperation({ ...line, seen }))
    return {
      batch: {
        journal,
        name,
        before: { sequence: own?.head.sequence ?? 0, hash: own?.head.hash },
        items: entries,
        head: last,
      },
      operations,
      entries,
      committed: () => {
        for (const [line, seen] of marks) line.seen[kind] = seen[kind]
      },
    }
  }

  #seal(parts: {
    readonly journal: JournalAddress
    readonly last: { readonly sequence: number; readonly hash: Uint8Array; readonly lamport: number }
    readonly draft: Draft
    readonly seen: readonly Line[]
    readonly operations: Operation[]
  }): Unsigned {
    const { draft, last } = parts
    if (draft.body.length > MAX_BODY_BYTES) throw new BodyTooLargeError(draft.body.length, MAX_BODY_BYTES)
    const inline = draft.body.length <= MAX_INLINE_BODY_BYTES
    const body = inline ? draft.body : EMPTY_BYTES
    const blobs = inline ? { references: [], operations: [] } : this.#blobs.split(draft.body)
    parts.operations.push(...blobs.operations)
    const header: SealedHeader = sealHeader({
      space: this.#space,
      journal: parts.journal,
      sequence: last.sequence + 1,
      previous: last.sequence === 0 ? EMPTY_BYTES : last.hash,
      seen: parts.seen.map((line): Seen => ({
        journal: line.journal,
        sequence: line.applied.sequence,
        hash: line.applied.hash,
      })),
      lamport: 1 + Math.max(last.lamport, ...parts.seen.map((line) => line.applied.lamport)),
      time: Math.max(0, Math.floor(this.#clock.now())),
      kind: draft.kind,
      bodyHash: sha256(body),
      bodySize: body.length,
      blobs: blobs.references,
      supersedes: (draft.supersedes ?? []).map((item) => ({
        incarnation: fromHex(item.incarnation),
        ranges: item.ranges,
      })),
    })
    return { header, body }
  }

  /**
   * A signature vouches through the hash chain for what stands before it: the last entry of each run that fits into one
   * gossip message has one, and each checkpoint, as stubs are taken on its word alone.
   */
  #signed(sealed: readonly Unsigned[]): readonly SoundEntry[] {
    let run = EMPTY_RUN
    return sealed.map(({ body, header }, index): SoundEntry => {
      run = longer(run, header, body)
      const next = sealed[index + 1]
      const isEnd = next === undefined || header.supersedes.length > 0 || !fits(longer(run, next.header, next.body))
      if (isEnd) run = EMPTY_RUN
      return { type: 'entry', header, body, signature: isEnd ? this.#key.sign(header.bytes) : undefined }
    })
  }
}

/**
 * Something of the line was applied since it was last named. A stub's end brings no content and a number that nobody
 * signed: what follows it is named instead.
 */
function isNews(line: Line, kind: JournalAddress['kind']): boolean {
  return isSeen(line) && line.applied.sequence > line.seen[kind]
}

const isSeen = ({ applied, fork }: Line): boolean => applied.sequence > fork.sequence && applied.claimed !== true

const withSeen = (line: Line, kind: JournalAddress['kind']): Line['seen'] =>
  kind === MEMBERS ? [line.applied.sequence, line.seen[DATA]] : [line.seen[MEMBERS], line.applied.sequence]

/** Whether this device itself wrote a journal. */
export function isOwn(key: DeviceKey, journal: JournalAddress): boolean {
  return bytesEqual(journal.device, key.publicKey)
}
