import { concatBytes, toBase64url, toHex, utf8 } from '../../src/base/bytes.ts'
import { sha256 } from '../../src/base/hash.ts'
import type { DeviceId, SpaceId } from '../../src/base/ids.ts'
import type { Random } from '../../src/base/random.ts'
import { seededRandom } from '../../src/base/random.ts'
import { deviceKeyFromSeed } from '../../src/identity/device-key.ts'
import type { Entry, EntryReference } from '../../src/journal/entry-types.ts'
import type { Draft } from '../../src/journal/journal.ts'
import type { Projection } from '../../src/journal/projection.ts'
import { MemoryStore } from '../../src/store/memory-store.ts'
import { Transaction } from '../../src/store/transaction.ts'

/** A stand-in for the journal: causal delivery and compaction as it has them, anything else up to the test. */

export const SPACE = toBase64url(new Uint8Array(32).fill(9)) as SpaceId
const NOW = 1_763_900_000_000

/** An entry and what its author had applied when writing it. */
export interface Written {
  readonly entry: Entry
  readonly needs: ReadonlySet<Written>
}

export function deviceOf(name: string): DeviceId {
  return deviceKeyFromSeed(sha256(utf8(name))).device
}

/** Everything that was written by anybody. */
export class World {
  readonly written: Written[] = []

  /** All that the given entries stand on, themselves included. */
  pastOf(entries: Iterable<Written>): ReadonlySet<Written> {
    const past = new Set<Written>()
    const queue = [...entries]
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (past.has(next)) continue
      past.add(next)
      queue.push(...next.needs)
    }
    return past
  }
}

export interface DeliveryOptions {
  /** Entries that arrive as stubs: what stands on them is ready, and they are never applied. */
  readonly stubs?: ReadonlySet<Written> | undefined
  /** Entries that don't count: never applied, and what stands on them is ready. */
  readonly cut?: ReadonlySet<Written> | undefined
  readonly maxBatch?: number
}

/** A device with its store and projection. */
export class Machine<P extends Projection = Projection> {
  readonly world: World
  readonly name: string
  readonly device: DeviceId
  readonly store: MemoryStore
  readonly projection: P
  /** Held as bodies here. */
  readonly held = new Set<Written>()
  /** Dropped here after a checkpoint was checked. */
  readonly stubs = new Set<Written>()
  readonly applied: Written[] = []
  incarnation: string
  /** Of entries whose place in their journal another one had taken here: as a fork looks to whoever sees it second. */
  readonly #branches = new Map<Written, string>()
  #sequence = 0
  #lamport = 0

  constructor(world: World, name: string, projection: (machine: { readonly store: MemoryStore }) => P) {
    this.world = world
    this.name = name
    this.device = deviceOf(name)
    this.store = new MemoryStore()
    this.projection = projection({ store: this.store })
    this.incarnation = toHex(sha256(utf8(`${name} 1`)).subarray(0, 8))
  }

  static async start<P extends Projection>(
    world: World,
    name: string,
    projection: (machine: { readonly store: MemoryStore }) => P,
  ): Promise<Machine<P>> {
    const machine = new Machine(world, name, projection)
    await machine.store.start()
    return machine
  }

  /** From now on it writes in another journal. */
  renew(incarnation: string): void {
    this.incarnation = toHex(sha256(utf8(`${this.name} ${incarnation}`)).subarray(0, 8))
    this.#sequence = 0
  }

  async append(drafts: readonly Draft[]): Promise<readonly Entry[]> {
    const written = drafts.map((draft) => this.write(draft))
    await this.#apply(written)
    return written.map(({ entry }) => entry)
  }

  /** Writes without applying it here: for tests that deliver by hand. */
  write(draft: Draft): Written {
    const needs = new Set([...this.held, ...this.stubs])
    this.#sequence++
    this.#lamport++
    const { device, incarnation } = this
    const entry: Entry = {
      space: SPACE,
      journal: { device, incarnation, kind: 'data' },
      device,
      sequence: this.#sequence,
      hash: sha256(concatBytes(utf8(`${device} ${incarnation} ${this.#sequence}`), draft.body)),
      lamport: this.#lamport,
      time: NOW + this.#lamport,
      kind: draft.kind,
      body: draft.body,
      after: [],
      supersedes: draft.supersedes ?? [],
      own: false,
    }
    const written = { entry, needs }
    this.world.written.push(written)
    this.held.add(written)
    return written
  }

  /** Brings one entry or several in one transaction. */
  async deliver(written: readonly Written[]): Promise<void> {
    for (const one of written) this.held.add(one)
    await this.#apply(written)
  }

  async #apply(written: readonly Written[]): Promise<void> {
    for (const one of written) this.#place(one)
    const relevant = written.filter(({ entry }) => this.projection.kinds.includes(entry.kind))
    for (const { entry } of written) this.#lamport = Math.max(this.#lamport, entry.lamport)
    const transaction = new Transaction(this.store)
    const announce = await this.projection.apply(
      relevant.map((one) => this.#seen(one)),
      transaction,
    )
    await transaction.commit({ durable: false })
    announce()
    this.applied.push(...relevant)
    for (const one of relevant) if (one.entry.supersedes.length > 0) await this.#compact(one)
  }

  #place(written: Written): void {
    const { entry } = written
    const isTaken = [...this.held].some((other) => other !== written && isSamePlace(other.entry, entry))
    if (isTaken && !this.#branches.has(written)) this.#branches.set(written, toHex(entry.hash))
  }

  #seen(written: Written): Entry {
    const { entry } = written
    const branch = this.#branches.get(written)
    const journal = branch === undefined ? entry.journal : { ...entry.journal, branch }
    return { ...entry, journal, own: entry.device === this.device }
  }

  /** What the check allows becomes stubs; a forked journal is left whole. */
  async #compact(checkpoint: Written): Promise<void> {
    const superseded = [...this.held].filter(({ entry }) => isSuperseded(entry, checkpoint.entry))
    if (superseded.length === 0 || superseded.some((one) => this.#branches.has(one))) return
    const entries = superseded.map((one) => this.#seen(one))
    if ((await this.projection.checkCheckpoint?.(this.#seen(checkpoint), entries)) !== true) return
    for (const written of superseded) {
      this.held.delete(written)
      this.stubs.add(written)
    }
  }

  read(references: readonly EntryReference[]): readonly Entry[] {
    const held = [...this.held].map((written) => this.#seen(written))
    return references.flatMap(({ journal, sequence }) =>
      held.filter(
        (entry) =>
          entry.sequence === sequence &&
          entry.device === journal.device &&
          entry.journal.incarnation === journal.incarnation &&
          entry.journal.branch === journal.branch,
      ),
    )
  }

  /** Takes in everything that is missing, in an order and in batches drawn at random, causes first. */
  async catchUp(random: Random = seededRandom(1), options: DeliveryOptions = {}): Promise<void> {
    const { cut, maxBatch = 8, stubs } = options
    const done = (written: Written): boolean =>
      this.held.has(written) || this.stubs.has(written) || cut?.has(written) === true
    for (const written of stubs ?? []) if (!this.held.has(written)) this.stubs.add(written)
    for (;;) {
      const missing = new Set(this.world.written.filter((written) => !done(written)))
      if (missing.size === 0) return
      const batch: Written[] = []
      const size = 1 + random.below(maxBatch)
      while (batch.length < size) {
        const ready = [...missing].filter((written) => [...written.needs].every(done))
        const next = ready[random.below(Math.max(1, ready.length))]
        if (next === undefined) break
        missing.delete(next)
        this.held.add(next)
        batch.push(next)
      }
      if (batch.length === 0) throw new Error('nothing is ready: an entry stands on what nobody wrote')
      await this.#apply(batch)
    }
  }

  /** Drops all stored state and applies what is held anew, in causal order. */
  async rebuild(): Promise<void> {
    const transaction = new Transaction(this.store)
    await this.projection.reset(transaction)
    await transaction.commit({ durable: false })
    const entries = this.applied.splice(0).filter((written) => this.held.has(written))
    await this.#apply(entries)
  }

  async stop(): Promise<void> {
    await this.store.stop()
  }
}

function isSamePlace(a: Entry, b: Entry): boolean {
  return a.device === b.device && a.journal.incarnation === b.journal.incarnation && a.sequence === b.sequence
}

function isSuperseded(entry: Entry, checkpoint: Entry): boolean {
  if (entry.device !== checkpoint.device) return false
  const list = checkpoint.supersedes.find(({ incarnation }) => incarnation === entry.journal.incarnation)
  return list?.ranges.some(([from, to]) => from <= entry.sequence && entry.sequence <= to) === true
}
