import { toHex } from '../base/bytes.ts'
import type { CausalBatch } from './causal-feed.ts'
import type { CausalNode, RestrictionPlace } from './coverage.ts'
import { Coverage } from './coverage.ts'
import type { SealedHeader } from './header.ts'
import { DATA, MEMBERS, openHeader } from './header.ts'
import { findCarriers } from './carriers.ts'
import type { OrderedStub } from './in-order.ts'
import { firstWithLamport, holderOf, inOrder } from './in-order.ts'
import type { Line } from './line.ts'
import { journalName, lineAt } from './line.ts'
import type { LineStore } from './line-store.ts'
import type { Proofs } from './proofs.ts'
import type { Range } from './ranges.ts'
import { clip, joinAdjacent, sameRanges, without } from './ranges.ts'
import type { Verdicts } from './verdicts.ts'

/** Up to where a line is looked at. */
type Reach = (line: Line) => number

const applied: Reach = (line) => line.applied.sequence

/**
 * What takes effect: what the membership lets count, and of what it cuts off that which others built on without knowing
 * (SPEC.md J16, J17). While nothing held is cut off it does nothing but ask the membership.
 */
export class Judging {
  readonly #verdicts: Verdicts
  readonly #lines: LineStore
  readonly #proofs: Proofs
  #coverage: Coverage | undefined
  #covered: ReadonlyMap<number, readonly Range[]> = new Map()
  #carriers: ReadonlyMap<number, readonly Range[]> = new Map()

  constructor(options: { readonly verdicts: Verdicts; readonly lines: LineStore; readonly proofs: Proofs }) {
    this.#verdicts = options.verdicts
    this.#lines = options.lines
    this.#proofs = options.proofs
  }

  /** Asks the membership anew where it may have changed. */
  async refresh(): Promise<void> {
    if (!this.#verdicts.isOutdated || !(await this.#verdicts.judgeAll())) return
    await this.#begin(applied)
    await this.#findCarriers(applied)
  }

  /** Judges what a batch is about to bring. Repeating it changes nothing. */
  async take(batch: CausalBatch): Promise<void> {
    let changed = false
    for (const line of batch.advanced.keys()) {
      if (line.journal.kind === DATA && (await this.#verdicts.wentOn(line.name))) changed = true
    }
    const reach: Reach = (line) => (batch.advanced.get(line) ?? line.applied).sequence
    const begins = changed || (this.#coverage === undefined && this.#firstCutOff(reach).length > 0)
    if (begins) await this.#begin(reach)
    const touches = [...batch.advanced.keys()].some((line) => this.#verdicts.isRestricted(line))
    if (begins || (await this.#goOn(batch)) || touches) await this.#findCarriers(reach)
  }

  async #findCarriers(reach: Reach): Promise<void> {
    const isCutOff = this.#lines.all.some((line) => this.#verdicts.isRestricted(line))
    this.#carriers = new Map()
    if (!isCutOff) return
    const voidsOf = (line: Line): readonly Range[] => this.voidsOf(line, reach(line))
    this.#carriers = await findCarriers({ lines: this.#lines, proofs: this.#proofs, voidsOf })
  }

  /** What of a line counts nothing, up to a place. */
  voidsOf(line: Line, end: number): readonly Range[] {
    const cutOff = this.#verdicts.of(line).filter(({ cutBy }) => cutBy !== undefined)
    const ranges = clip(
      cutOff.map(({ from, to }): Range => [from, to]),
      [line.fork.sequence + 1, end],
    )
    const covered = without(ranges, this.#covered.get(line.number) ?? [])
    return joinAdjacent(without(covered, this.#carriers.get(line.number) ?? []))
  }

  /** The lines of which something was applied as another verdict had it. */
  misapplied(): readonly Line[] {
    return this.#lines.all.filter((line) => {
      if (line.voids.length === 0 && !this.#verdicts.isRestricted(line)) return false
      return !sameRanges(line.voids, this.voidsOf(line, line.applied.sequence))
    })
  }

  /**
   * What of these ranges may tell that another entry counts, so that its headers have to stay: what is newer than the first
   * one cut off, and does not know of every restriction.
   */
  needed(line: Line, ranges: readonly Range[]): readonly Range[] {
    const coverage = this.#coverage
    if (coverage === undefined) return []
    const needed: Range[] = []
    for (const [from, to] of ranges) {
      for (let sequence = from; sequence <= to; sequence++) {
        if (coverage.has(line.number, sequence)) needed.push([sequence, sequence])
      }
    }
    return joinAdjacent(needed)
  }

  /** By line, the first place held that is cut off and may be covered. */
  #firstCutOff(reach: Reach): readonly (readonly [Line, number])[] {
    return this.#lines.all.flatMap((line): (readonly [Line, number])[] => {
      const first = this.#verdicts.of(line).find(({ cutBy }) => cutBy !== undefined && cutBy.length > 0)
      return first === undefined || first.from > reach(line) ? [] : [[line, first.from]]
    })
  }

  /** Looks at everything that may cover or be covered. */
  async #begin(reach: Reach): Promise<void> {
    this.#coverage = undefined
    this.#covered = new Map()
    const cutOff = this.#firstCutOff(reach)
    if (cutOff.length === 0) return
    // Also of what is not here yet: it is added as it comes.
    const names = new Set(
      this.#lines.all.flatMap((line) => this.#verdicts.of(line).flatMap(({ cutBy }) => cutBy ?? [])),
    )
    const { lamport, places } = await this.#findRestrictions(names)
    const numbers = [lamport]
    for (const [line, sequence] of cutOff) {
      const record = await this.#lines.recordAt(line, sequence)
      if (record !== undefined) numbers.push(record.type === 'stub' ? 1 : openHeader(record.entry.header).lamport)
    }
    const coverage = new Coverage(places)
    const ended = new Set<Line>()
    const spans = []
    for (const line of this.#lines.all) {
      const to = reach(line)
      spans.push({ line, from: await firstWithLamport(this.#lines, line, Math.min(...numbers), to), to })
    }
    for await (const item of inOrder(this.#lines, spans, ended)) {
      const node = item.type === 'stub' ? this.#nodeOfStub(item) : await this.#nodeOf(item.line, item.header)
      coverage.add(node)
      if (coverage.knowsAll(node.line, node.sequence)) ended.add(item.line)
    }
    this.#coverage = coverage
    this.#find(coverage)
  }

  /** @returns whether there was anything that may cover or be covered */
  async #goOn({ entries }: CausalBatch): Promise<boolean> {
    const coverage = this.#coverage
    if (coverage === undefined) return false
    const before = coverage.size
    for (const { header, line } of entries) {
      if (!coverage.knowsAll(line.number, header.sequence - 1)) coverage.add(await this.#nodeOf(line, header))
    }
    if (coverage.size === before) return false
    this.#find(coverage)
    return true
  }

  #find(coverage: Coverage): void {
    const covered = new Map<number, Range[]>()
    for (const { from, line, sequence } of coverage.covered()) {
      const range: Range = [from ?? sequence, sequence]
      const ranges = covered.get(line)
      if (ranges === undefined) covered.set(line, [range])
      else ranges.push(range)
    }
    this.#covered = new Map(
      [...covered].map(([line, ranges]) => [line, joinAdjacent(ranges.sort(([a], [b]) => a - b))]),
    )
  }

  async #nodeOf(line: Line, header: SealedHeader): Promise<CausalNode> {
    const { journal, seen, sequence } = header
    const after: (readonly [number, number])[] = []
    for (const place of seen) {
      const holder = await holderOf(this.#lines, journalName(place.journal), place)
      if (holder !== undefined) after.push([holder.number, place.sequence])
    }
    const { fork, parent } = line
    if (parent !== undefined && sequence === fork.sequence + 1) {
      after.push([lineAt(parent, fork.sequence).number, fork.sequence])
    }
    const device = toHex(journal.device)
    return {
      line: line.number,
      sequence,
      device,
      after,
      isData: journal.kind === DATA,
      cutBy: this.#cutBy(line, sequence),
    }
  }

  #nodeOfStub({ line, stub }: OrderedStub): CausalNode {
    const device = toHex(line.journal.device)
    const cutBy = this.#cutBy(line, stub.to)
    return { line: line.number, sequence: stub.to, from: stub.from, device, after: [], isData: true, cutBy }
  }

  #cutBy(line: Line, sequence: number): readonly string[] | undefined {
    return this.#verdicts.of(line).find(({ from, to }) => from <= sequence && sequence <= to)?.cutBy
  }

  /** Where the entries of these hashes stand, and the lowest Lamport number among them. */
  async #findRestrictions(
    names: ReadonlySet<string>,
  ): Promise<{ readonly places: readonly RestrictionPlace[]; readonly lamport: number }> {
    const places: RestrictionPlace[] = []
    let lamport = Infinity
    for (const line of this.#lines.all) {
      if (line.journal.kind !== MEMBERS) continue
      for await (const record of this.#lines.read(line, line.fork.sequence + 1, line.applied.sequence)) {
        if (record.type === 'stub') continue
        const header = openHeader(record.entry.header)
        const name = toHex(header.hash)
        if (!names.has(name)) continue
        places.push({ name, line: line.number, sequence: header.sequence })
        lamport = Math.min(lamport, header.lamport)
      }
    }
    return { places, lamport }
  }
}
