import { bytesEqual, concatBytes, utf8 } from '../base/bytes.ts'
import type { Verify } from '../identity/device-key.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import { SEEN_KIND } from './author.ts'
import type { Blobs } from './blobs.ts'
import { StructureError } from './errors.ts'
import type { SealedHeader } from './header.ts'
import { MEMBERS, openHeader } from './header.ts'
import { sameJournal } from './incoming.ts'
import type { Line, Point } from './line.ts'
import { ORIGIN, samePosition } from './line.ts'
import type { HeldRecord } from './line-store.ts'
import { LineStore, stubEnd } from './line-store.ts'
import { Proofs } from './proofs.ts'
import type { PutAside } from './put-aside.ts'
import type { Stub } from './stored-entry.ts'

export interface MendingOptions {
  readonly store: RecordStore
  readonly prefix: Uint8Array
  readonly space: Uint8Array
  /** This device's public key. */
  readonly own: Uint8Array
  readonly blobs: Blobs
  readonly putAside: PutAside
  readonly verify: Verify
}

interface Loose {
  readonly sequence: number
  /** Absent where it is a stub. */
  readonly header?: SealedHeader
  readonly body?: Uint8Array
}

/**
 * Brings lines back to what they promise after the store lost records: without gaps, and ending in a signed entry. What
 * stands behind a gap is let go of, since others give it again; of one's own, the drafts are put aside first, to be
 * written anew. What was applied is not known any more: all of it has to be, again. Begun and not finished, it is done
 * again at the next start.
 */
export class Mending {
  readonly #options: MendingOptions
  /** As they are found: of use only while mending. */
  readonly #lines: LineStore
  readonly #proofs: Proofs
  readonly #markKey: Uint8Array

  constructor(options: MendingOptions) {
    this.#options = options
    this.#lines = new LineStore(options.store, options.prefix)
    this.#proofs = new Proofs(options.store, options.prefix)
    this.#markKey = concatBytes(options.prefix, utf8('mm'))
  }

  /** Whether it was begun before and not finished. */
  async isDue(): Promise<boolean> {
    return (await this.#options.store.get(this.#markKey)) !== undefined
  }

  /** @returns how many entries were let go of */
  async run(): Promise<number> {
    const { store } = this.#options
    const lines = this.#lines
    await store.write([{ type: 'put', key: this.#markKey, value: utf8('begun') }], { durable: true })
    const rootless = await lines.load({ lenient: true })
    await this.#proofs.load()
    await this.#options.putAside.load()
    const sound = new Set<Line>()
    let lost = 0
    for (const line of lines.all) {
      const rests =
        line.parent === undefined || (sound.has(line.parent) && line.parent.head.sequence >= line.fork.sequence)
      lost += await this.#mend(line, rests)
      if (line.head.sequence > line.fork.sequence) sound.add(line)
    }
    for (const number of await lines.orphans()) lost += await this.#letGoOf(number)
    await this.#write(rootless.map((number) => lines.forgetOperation({ number })))
    await this.#write(await lines.forgetAppliedOperations())
    return lost
  }

  /** To be called once everything is applied anew. */
  async finished(): Promise<void> {
    await this.#options.store.write([{ type: 'delete', key: this.#markKey }], { durable: true })
  }

  async #mend(line: Line, rests: boolean): Promise<number> {
    const lines = this.#lines
    const before = line.head.sequence
    let at: Point = line.fork
    let isWhole = rests
    let held = { entries: 0, bytes: 0 }
    let solid = { head: line.fork, entries: 0, bytes: 0 }
    let loose: Loose[] = []
    const sizes = new Map<number, number>()
    const operations: Operation[] = []
    for await (const record of lines.heldOf(line)) {
      const next = isWhole ? await this.#follow(line, at, record) : undefined
      isWhole = next !== undefined
      if (record.type === 'stub') {
        loose.push({ sequence: record.sequence })
        if (next === undefined) continue
        // What the stub stands for came back with the repair, or was about to be dropped.
        for (const [sequence, size] of sizes) {
          if (sequence < record.stub.from) continue
          operations.push(lines.deleteOperation(line, sequence))
          sizes.delete(sequence)
          held = { entries: held.entries - 1, bytes: held.bytes - size }
        }
        loose = loose.filter(({ header, sequence }) => header === undefined || sequence < record.stub.from)
        at = next
        continue
      }
      loose.push(this.#looseOf(record))
      if (next === undefined) continue
      at = next
      const size = record.entry.header.length + record.entry.body.length
      sizes.set(record.sequence, size)
      held = { entries: held.entries + 1, bytes: held.bytes + size }
      if (record.entry.signature === undefined) continue
      solid = { head: at, ...held }
      loose = []
    }
    Object.assign(line, solid)
    const isEmpty = line.head.sequence <= line.fork.sequence
    operations.push(isEmpty ? lines.forgetOperation(line) : lines.lineOperation({ ...line, seen: [0, 0] }))
    operations.push(...loose.map(({ sequence }) => lines.deleteOperation(line, sequence)))
    operations.push(...(await this.#putAside(loose)))
    await this.#write(operations)
    return Math.max(0, before - line.head.sequence)
  }

  /** The point after this record where it follows `at` as it must; undefined where something is missing. */
  async #follow(line: Line, at: Point, record: HeldRecord): Promise<Point | undefined> {
    const next = at.sequence + 1
    if (record.type === 'stub')
      return record.stub.from <= next && this.#isProven(line, record.stub) ? stubEnd(record.stub) : undefined
    const header = this.#headerOf(record)
    if (header === undefined || header.sequence !== next || record.sequence !== next) return undefined
    if (!sameJournal(header.journal, line.journal)) return undefined
    const follows = samePosition(at, ORIGIN) ? header.previous.length === 0 : bytesEqual(header.previous, at.hash)
    if (!follows || (await this.#options.blobs.missing(header.blobs.map(({ hash }) => hash))).length > 0)
      return undefined
    return { sequence: next, hash: header.hash, lamport: header.lamport }
  }

  #isProven(line: Line, stub: Stub): boolean {
    const { space, verify } = this.#options
    try {
      this.#proofs.judge(line.journal, [stub], [], { space, verify })
      return true
    } catch (error) {
      if (error instanceof StructureError) return false
      throw error
    }
  }

  #looseOf(record: Extract<HeldRecord, { readonly type: 'entry' }>): Loose {
    const header = this.#headerOf(record)
    return { sequence: record.sequence, ...(header === undefined ? {} : { header, body: record.entry.body }) }
  }

  #headerOf(record: Extract<HeldRecord, { readonly type: 'entry' }>): SealedHeader | undefined {
    try {
      return openHeader(record.entry.header)
    } catch {
      return undefined
    }
  }

  /** Nobody else may hold what this device wrote: its projections know doubles by the id in each body. */
  async #putAside(loose: readonly Loose[]): Promise<readonly Operation[]> {
    const { blobs, own, putAside } = this.#options
    const operations: Operation[] = []
    for (const { body, header } of loose) {
      if (header === undefined || body === undefined) continue
      if (!bytesEqual(header.journal.device, own)) continue
      if (header.supersedes.length > 0 || header.kind === SEEN_KIND) continue
      if ((await blobs.missing(header.blobs.map(({ hash }) => hash))).length > 0) continue
      const whole = header.blobs.length === 0 ? body : await blobs.join(header.blobs)
      const journal = header.journal.kind === MEMBERS ? 'members' : 'data'
      operations.push(putAside.putOperation({ kind: header.kind, body: whole, journal }))
    }
    return operations
  }

  /** Entries whose line is not known any more. */
  async #letGoOf(number: number): Promise<number> {
    const operations: Operation[] = []
    const loose: Loose[] = []
    for await (const record of this.#lines.heldOf({ number })) {
      operations.push(this.#lines.deleteOperation({ number }, record.sequence))
      if (record.type === 'entry') loose.push(this.#looseOf(record))
    }
    await this.#write([...operations, ...(await this.#putAside(loose))])
    return operations.length
  }

  async #write(operations: readonly Operation[]): Promise<void> {
    await this.#options.store.write(operations, { durable: false })
  }
}
