import { concatBytes, utf8 } from '../../src/base/bytes.ts'
import type { Clock } from '../../src/base/clock.ts'
import { sha256 } from '../../src/base/hash.ts'
import type { DeviceId, SpaceId } from '../../src/base/ids.ts'
import type { Random } from '../../src/base/random.ts'
import { seededRandom } from '../../src/base/random.ts'
import { deviceKeyFromSeed } from '../../src/identity/device-key.ts'
import type { Entry, EntryReference } from '../../src/journal/entry-types.ts'
import type { Draft } from '../../src/journal/journal.ts'
import type { Messages } from '../../src/messaging/index.ts'
import { createMessages, MessagesProjection } from '../../src/messaging/index.ts'
import type { RecordStore } from '../../src/store/record-store.ts'
import { MemoryStore } from '../../src/store/memory-store.ts'
import { Transaction } from '../../src/store/transaction.ts'

export const NOW = 1_763_900_000_000

/** A wall clock that stands until it is moved, off by as much as a test wants. */
export class FakeWall implements Clock {
  time: number

  constructor(time: number = NOW) {
    this.time = time
  }

  now(): number {
    return this.time
  }

  monotonic(): number {
    return this.time
  }

  after(): never {
    throw new Error('messaging sets no timers')
  }
}

/** An entry and what its author had applied when writing it. */
interface Written {
  readonly entry: Entry
  readonly needs: ReadonlySet<Written>
}

/** Machines that share channels through a stand-in for the journal: causal delivery, anything else up to the test. */
export class Machines {
  readonly written: Written[] = []
  readonly all: Machine[] = []

  async add(name: string, options: { readonly wall?: FakeWall; readonly store?: RecordStore } = {}): Promise<Machine> {
    const machine = new Machine(this, name, options.wall ?? new FakeWall(), options.store ?? new MemoryStore())
    await machine.store.start()
    this.all.push(machine)
    return machine
  }

  /** Brings everything to everybody, in an order and in batches drawn at random. */
  async settle(random: Random = seededRandom(1)): Promise<void> {
    for (const machine of this.all) await machine.catchUp(random)
  }

  async stop(): Promise<void> {
    for (const { store } of this.all) await store.stop()
  }
}

export class Machine {
  readonly device: DeviceId
  readonly wall: FakeWall
  readonly store: RecordStore
  readonly projection: MessagesProjection
  readonly messages: Messages
  readonly #machines: Machines
  readonly #random: Random
  readonly #held = new Set<Written>()
  #lamport = 0
  #sequence = 0
  #incarnation = 1

  constructor(machines: Machines, name: string, wall: FakeWall, store: RecordStore) {
    this.#machines = machines
    this.wall = wall
    this.store = store
    this.device = deviceOf(name)
    this.#random = seededRandom(sha256(utf8(name))[0] ?? 0)
    this.projection = new MessagesProjection({ clock: wall })
    this.messages = createMessages({
      journal: {
        device: this.device,
        append: (drafts) => this.append(drafts),
        holders: (reference) => machines.all.filter((other) => other.holds(reference)).map((other) => other.device),
      },
      machines: () => machines.all.length,
      projection: this.projection,
      store,
      clock: wall,
      random: this.#random,
    })
  }

  async append(drafts: readonly Draft[]): Promise<readonly Entry[]> {
    const written = drafts.map((draft) => this.#write(draft))
    await this.apply(written)
    return written.map(({ entry }) => entry)
  }

  #write(draft: Draft): Written {
    const needs = new Set(this.#held)
    const entry = entryOf({
      device: this.device,
      incarnation: this.#incarnation.toString(16).padStart(16, '0'),
      sequence: ++this.#sequence,
      lamport: ++this.#lamport,
      time: this.wall.now(),
      kind: draft.kind,
      body: draft.body,
    })
    const written = { entry, needs }
    this.#machines.written.push(written)
    this.#held.add(written)
    return written
  }

  /** As after a restored backup: own bodies of before are written anew, in a new incarnation. */
  async writeAnew(random: Random): Promise<void> {
    this.#incarnation++
    this.#sequence = 0
    const own = this.#machines.written.filter(({ entry }) => entry.device === this.device && random.float() < 0.5)
    await this.append(own.map(({ entry }) => ({ kind: entry.kind, body: entry.body })))
  }

  /** Takes in everything that is missing, in any causal order. */
  async catchUp(random: Random, most = Number.POSITIVE_INFINITY): Promise<void> {
    let left = most
    for (;;) {
      const missing = this.#machines.written.filter((written) => !this.#held.has(written))
      if (missing.length === 0 || left <= 0) return
      const batch: Written[] = []
      const size = 1 + random.below(8)
      while (batch.length < Math.min(size, left)) {
        const ready = missing.filter(
          (written) => !this.#held.has(written) && [...written.needs].every((need) => this.#held.has(need)),
        )
        const next = ready[random.below(Math.max(1, ready.length))]
        if (next === undefined) break
        this.#held.add(next)
        batch.push(next)
      }
      left -= batch.length
      for (const { entry } of batch) this.#lamport = Math.max(this.#lamport, entry.lamport)
      await this.apply(batch)
    }
  }

  async apply(written: readonly { readonly entry: Entry }[]): Promise<void> {
    const transaction = new Transaction(this.store)
    const announce = await this.projection.apply(
      written.map(({ entry }) => ({ ...entry, own: entry.device === this.device })),
      transaction,
    )
    await transaction.commit({ durable: false })
    announce()
  }

  async rebuild(): Promise<void> {
    const transaction = new Transaction(this.store)
    await this.projection.reset(transaction)
    await transaction.commit({ durable: false })
    await this.apply([...this.#held])
  }

  holds(reference: EntryReference): boolean {
    return [...this.#held].some(
      ({ entry }) =>
        entry.device === reference.journal.device &&
        entry.journal.incarnation === reference.journal.incarnation &&
        entry.sequence === reference.sequence,
    )
  }

  /** Everything that people see of it, without what may differ between machines (copies, flags of clocks). */
  async shown(): Promise<unknown> {
    const channels = await this.messages.listChannels()
    const pages = await Promise.all(channels.map(async ({ id }) => await this.messages.read(id, { limit: 500 })))
    return {
      channels: channels.map(({ unread: _unread, ...channel }) => channel),
      pages: pages.map(({ messages }) =>
        messages.map(({ clockOff: _off, copies: _c, holders: _h, machines: _m, own: _own, ...message }) => message),
      ),
    }
  }

  /** The texts of a channel, oldest first. */
  async texts(channel: string): Promise<readonly string[]> {
    return (await this.messages.read(channel, { limit: 500 })).messages.map(({ text }) => text)
  }
}

export function deviceOf(name: string): DeviceId {
  return deviceKeyFromSeed(sha256(utf8(name))).device
}

export function entryOf(
  fields: Pick<Entry, 'device' | 'sequence' | 'lamport' | 'kind' | 'body'> & {
    readonly incarnation?: string
    readonly time?: number
    readonly journal?: 'members' | 'data'
  },
): Entry {
  const { device, sequence, lamport, kind, body, incarnation = '0'.repeat(16), time = NOW, journal = 'data' } = fields
  return {
    space: 'S'.repeat(43) as SpaceId,
    journal: { device, incarnation, kind: journal },
    device,
    sequence,
    hash: sha256(concatBytes(utf8(`${device} ${incarnation} ${sequence}`), body)),
    lamport,
    time,
    kind,
    body,
    after: [],
    supersedes: [],
    own: false,
  }
}
