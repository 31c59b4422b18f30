import { systemClock } from '../../src/base/clock.ts'
import type { Clock } from '../../src/base/clock.ts'
import { toBase64url, utf8, fromUtf8, toHex } from '../../src/base/bytes.ts'
import type { SpaceId } from '../../src/base/ids.ts'
import { silentLogger } from '../../src/base/log.ts'
import { seededRandom } from '../../src/base/random.ts'
import { deviceKeyFromSeed, verifySignature } from '../../src/identity/device-key.ts'
import type { Entry } from '../../src/journal/entry-types.ts'
import type { LocalJournalOptions } from '../../src/journal/local-journal-options.ts'
import { LocalJournal, spacePrefix } from '../../src/journal/local-journal.ts'
import type { Projection } from '../../src/journal/projection.ts'
import type { WireItem } from '../../src/journal/incoming.ts'
import type { RawEntry } from '../../src/journal/stored-entry.ts'
import { MemoryStore } from '../../src/store/index.ts'
import type { RecordStore } from '../../src/store/index.ts'
import { openAuthority } from '../support/open-authority.ts'

export const SPACE = toBase64url(new Uint8Array(32).fill(7)) as SpaceId

/** Keeps, in its records, every text it was given by id, and the order of arrival in memory. */
export function textProjection(): Projection & { readonly seen: Entry[] } {
  const seen: Entry[] = []
  return {
    name: 'texts',
    version: 1,
    kinds: ['text.add', 'text.checkpoint'],
    seen,
    async apply(entries, transaction) {
      for (const entry of entries) transaction.put(utf8(`pt${toHex(entry.hash)}`), entry.body)
      return () => seen.push(...entries)
    },
    async reset(transaction) {
      for (const [key] of await transaction.entries({ gte: utf8('pt'), lt: utf8('pu') })) transaction.delete(key)
      seen.length = 0
    },
    checkCheckpoint: async (checkpoint, superseded) =>
      fromUtf8(checkpoint.body) === superseded.map((entry) => fromUtf8(entry.body)).join(''),
  }
}

export interface LocalPeer {
  readonly journal: LocalJournal
  readonly projection: ReturnType<typeof textProjection>
  readonly store: RecordStore
}

export async function localPeer(
  seed: number,
  changes: Partial<LocalJournalOptions> & { clock?: Clock; alsoFeeds?: Projection } = {},
): Promise<LocalPeer> {
  const projection = textProjection()
  const store = changes.store ?? new MemoryStore()
  await store.start()
  const journal = new LocalJournal({
    space: SPACE,
    key: deviceKeyFromSeed(new Uint8Array(32).fill(seed)),
    store,
    prefix: spacePrefix(0),
    authority: openAuthority,
    clock: systemClock,
    random: seededRandom(seed),
    logger: silentLogger,
    verify: verifySignature,
    fingerprint: `machine ${seed}`,
    isStoreFailure: () => false,
    ...changes,
    projections: [
      ...(changes.alsoFeeds === undefined ? [] : [changes.alsoFeeds]),
      ...(changes.projections ?? [projection]),
    ],
  })
  await journal.start()
  return { journal, projection, store }
}

/** Everything that `from` holds of each of its lines, as another peer would be sent it. */
export async function exportLines(
  from: LocalJournal,
): Promise<readonly { items: WireItem[]; proofs: readonly RawEntry[] }[]> {
  const batches: { items: WireItem[]; proofs: readonly RawEntry[] }[] = []
  for (const line of from.lines.all) {
    const items: WireItem[] = []
    for await (const record of from.lines.read(line, line.fork.sequence + 1)) {
      items.push(record.type === 'stub' ? { type: 'stub', stub: record.stub } : { type: 'entry', entry: record.entry })
    }
    const stubs = items.flatMap((item) => (item.type === 'stub' ? [item.stub] : []))
    batches.push({ items, proofs: from.proofs.covering(line.journal, stubs) })
  }
  return batches
}

/** Brings all that `from` holds to `to`, whatever `to` has. */
export async function transfer(from: LocalJournal, to: LocalJournal): Promise<void> {
  for (const { items, proofs } of await exportLines(from)) if (items.length > 0) await to.receive(items, proofs)
  await to.apply()
  await to.settled()
}

/** Every text that stands in a peer's records, whether in its entry or in a checkpoint. */
export async function standing(store: RecordStore): Promise<readonly string[]> {
  const texts = new Set<string>()
  for await (const [, value] of store.entries({ gte: utf8('pt'), lt: utf8('pu') })) {
    for (const part of fromUtf8(value).split(';')) if (part !== '') texts.add(`${part};`)
  }
  return [...texts].sort()
}

export const text = (value: string): { kind: string; body: Uint8Array } => ({ kind: 'text.add', body: utf8(value) })
export const textsOf = (peer: LocalPeer): readonly string[] => peer.projection.seen.map((entry) => fromUtf8(entry.body))
