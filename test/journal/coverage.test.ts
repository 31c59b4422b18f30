import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import type { CausalNode } from '../../src/journal/coverage.ts'
import { Coverage } from '../../src/journal/coverage.ts'

/** An entry with all that is before it, written out. */
interface Told extends CausalNode {
  readonly lamport: number
  readonly past: ReadonlySet<Told>
}

interface History {
  readonly entries: readonly Told[]
  /** By name. */
  readonly restrictions: ReadonlyMap<string, Told>
}

interface Step {
  /** Each device has two lines. */
  readonly line: number
  readonly sees: readonly number[]
  readonly cutBy: readonly number[]
  readonly isVoid: boolean
}

const LINES = 8
const deviceOf = (line: number): string => `device ${Math.floor(line / 2)}`

/** Line 0 is the one in which restrictions are written: every third of its entries is one. */
function historyOf(steps: readonly Step[]): History {
  const ends = new Map<number, Told>()
  const entries: Told[] = []
  const restrictions = new Map<string, Told>()
  for (const { cutBy, isVoid, line, sees } of steps) {
    const previous = ends.get(line)
    const seen = sees.flatMap((other) => (other === line ? [] : (ends.get(other) ?? [])))
    const before = [...seen, ...(previous === undefined ? [] : [previous])]
    const isData = line % 2 === 1
    const names = cutBy.map((index) => `restriction ${index}`)
    const entry: Told = {
      line,
      sequence: (previous?.sequence ?? 0) + 1,
      device: deviceOf(line),
      after: seen.map((other) => [other.line, other.sequence] as const),
      isData,
      cutBy: !isData ? undefined : isVoid ? [] : names.length > 0 ? names : undefined,
      lamport: 1 + Math.max(0, ...before.map(({ lamport }) => lamport)),
      past: new Set(before.flatMap((one) => [one, ...one.past])),
    }
    if (line === 0 && entry.sequence % 3 === 0) restrictions.set(`restriction ${restrictions.size}`, entry)
    ends.set(line, entry)
    entries.push(entry)
  }
  return { entries, restrictions }
}

/** Straight from the rule: again and again, until nothing more is found to count. */
function naively({ entries, restrictions }: History): ReadonlySet<Told> {
  const covered = new Set<Told>()
  const counts = (entry: Told): boolean => entry.isData && (entry.cutBy === undefined || covered.has(entry))
  const isCovered = (entry: Told): boolean =>
    entry.cutBy !== undefined &&
    entry.cutBy.length > 0 &&
    entry.cutBy.every((name) => {
      const restriction = restrictions.get(name)
      return (
        restriction !== undefined &&
        entries.some(
          (other) =>
            counts(other) && other.device !== entry.device && other.past.has(entry) && !other.past.has(restriction),
        )
      )
    })
  for (let before = -1; before !== covered.size;) {
    before = covered.size
    for (const entry of entries) if (!covered.has(entry) && isCovered(entry)) covered.add(entry)
  }
  return covered
}

const step: fc.Arbitrary<Step> = fc.record({
  line: fc.nat(LINES - 1),
  sees: fc.uniqueArray(fc.nat(LINES - 1), { maxLength: 4 }),
  cutBy: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.uniqueArray(fc.nat(3), { minLength: 1, maxLength: 3 }) },
  ),
  isVoid: fc.constantFrom(false, false, false, false, true),
})

const namesOf = (nodes: Iterable<CausalNode>): readonly string[] =>
  [...nodes].map(({ line, sequence }) => `${line}:${sequence}`).sort()

const restrictionsOf = ({ restrictions }: History) =>
  [...restrictions].map(([name, { line, sequence }]) => ({ name, line, sequence }))

describe('coverage', () => {
  test('J17 finds exactly what the rule says, in any causal history with several restrictions', () => {
    let found = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) => {
        const history = historyOf(steps)
        const coverage = new Coverage(restrictionsOf(history))
        for (const entry of history.entries) coverage.add(entry)
        const expected = naively(history)
        found += expected.size
        expect(namesOf(coverage.covered())).toEqual(namesOf(expected))
      }),
      { numRuns: 1000, seed: 17 },
    )
    expect(found).toBeGreaterThan(500)
  })

  test('J17 needs nothing that is older than the first entry cut off, and nothing that knows every restriction', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), (steps) => {
        const history = historyOf(steps)
        const places = restrictionsOf(history)
        const cutOff = history.entries.filter(({ cutBy }) => cutBy !== undefined && cutBy.length > 0)
        const first = Math.min(...[...cutOff, ...history.restrictions.values()].map(({ lamport }) => lamport))
        const coverage = new Coverage(places)
        const ended = new Set<number>()
        const byNumber = [...history.entries].sort((a, b) => a.lamport - b.lamport)
        for (const entry of byNumber) {
          if (entry.lamport < first || ended.has(entry.line)) continue
          coverage.add(entry)
          if (coverage.knowsAll(entry.line, entry.sequence)) ended.add(entry.line)
        }
        expect(namesOf(coverage.covered())).toEqual(namesOf(naively(history)))
      }),
      { numRuns: 1000, seed: 18 },
    )
  })

  test('J17 nobody covers their own entries, not even in another journal, and knowing of a removal covers nothing', () => {
    const removal = { name: 'removal', line: 0, sequence: 1 }
    const mallory = { line: 1, sequence: 1, device: 'mallory', after: [], isData: true, cutBy: ['removal'] } as const
    const by = (device: string, line: number, ...after: readonly (readonly [number, number])[]): CausalNode => ({
      ...{ line, sequence: 1, device, after, isData: true, cutBy: undefined },
    })
    const coveredBy = (...nodes: readonly CausalNode[]): readonly string[] => {
      const coverage = new Coverage([removal])
      for (const node of [mallory, ...nodes]) coverage.add(node)
      return namesOf(coverage.covered())
    }
    expect(coveredBy(by('mallory', 2, [1, 1]))).toEqual([])
    expect(coveredBy(by('bob', 2, [1, 1], [0, 1]))).toEqual([])
    expect(coveredBy(by('bob', 2))).toEqual([])
    expect(coveredBy(by('bob', 2, [1, 1]))).toEqual(['1:1'])
    expect(coveredBy(by('mallory', 2, [1, 1]), by('bob', 3, [2, 1]))).toEqual(['1:1'])
    expect(coveredBy(by('bob', 2, [0, 1]), by('carol', 3, [2, 1], [1, 1]))).toEqual([])
  })
})
