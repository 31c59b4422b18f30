import type { RestrictionStep } from './attacks.ts'
import { attackersOf } from './attacks.ts'
import type { History, Step } from './history.ts'
import { judge } from './judge.ts'
import type { Rank, Settlement, Standing } from './view.ts'
import { compareRanks, View } from './view.ts'

/**
 * Which acts stand. An act stands where its author had the right to it, by what the author knew, and nothing that stands
 * takes it away. Where acts take each other away in a circle, the highest in it stands and what would take it away does
 * not. (The grounded extension of an argumentation framework, P. M. Dung 1995, with circles broken by rank.)
 * @param spared acts that shall not stand whatever else is
 */
export function settle(history: History, spared: ReadonlySet<number>): Settlement {
  return new Settling(history, spared).run()
}

class Settling implements Settlement {
  readonly history: History
  readonly standing: Standing[]
  readonly ranks: (Rank | undefined)[]
  /** What each open act waits for. */
  readonly #causes = new Map<number, readonly number[]>()
  readonly #attackers = new Map<number, readonly RestrictionStep[]>()

  constructor(history: History, spared: ReadonlySet<number>) {
    this.history = history
    this.standing = history.steps.map(({ index }) => (spared.has(index) ? 'void' : 'open'))
    this.ranks = history.steps.map(() => undefined)
  }

  run(): Settlement {
    for (let open = this.#open(); open.length > 0;) {
      for (const step of open) this.#decide(step)
      const left = this.#open()
      if (left.length === open.length) this.#breakCircle(left)
      open = this.#open()
    }
    return this
  }

  #open(): readonly Step[] {
    return this.history.steps.filter((step) => this.#isOpen(step.index))
  }

  #isOpen(index: number): boolean {
    return this.standing[index] === 'open'
  }

  #decide(step: Step): void {
    const { index } = step
    if (this.ranks[index] === undefined) {
      const view = new View(this, step.known)
      const rank = judge(step, view)
      const attackers = rank === undefined ? [] : this.#strikersOf(step, view)
      if (view.waits.size > 0) {
        this.#causes.set(index, [...view.waits])
        return
      }
      if (rank === undefined) {
        this.standing[index] = 'void'
        return
      }
      this.ranks[index] = rank
      this.#attackers.set(index, attackers)
    }
    const attackers = this.#attackers.get(index) ?? []
    const causes = attackers.filter((attacker) => this.standing[attacker.index] !== 'void').map(({ index }) => index)
    if (causes.some((cause) => this.standing[cause] === 'stands')) this.standing[index] = 'void'
    else if (causes.length === 0) this.standing[index] = 'stands'
    else this.#causes.set(index, causes)
  }

  /** A change of role takes away only what the new role does not allow. */
  #strikersOf(step: Step, view: View): readonly RestrictionStep[] {
    const person = view.personOf(step.entry.device) ?? step.entry.device
    return attackersOf(this.history, step, person).filter(
      ({ act }) => act.kind !== 'person.role' || judge(step, view, act.role) === undefined,
    )
  }

  /** Among the acts that wait for each other and for nothing else, the highest stands. */
  #breakCircle(open: readonly Step[]): void {
    const [highest] = this.#innermost(open)
      .flatMap((index) => {
        const rank = this.ranks[index]
        return rank === undefined ? [] : [{ index, rank }]
      })
      .sort((a, b) => compareRanks(a.rank, b.rank))
    if (highest === undefined) throw new RangeError('a circle of acts without a first one')
    this.standing[highest.index] = 'stands'
    for (const attacker of this.#attackers.get(highest.index) ?? []) {
      if (this.#isOpen(attacker.index)) this.standing[attacker.index] = 'void'
    }
  }

  /**
   * A set of open acts that wait for each other and for nothing outside. Walking from causes to effects, from one act after
   * another that was not reached yet, the last start lies in such a set, and all that it waits for is the rest of it.
   */
  #innermost(open: readonly Step[]): readonly number[] {
    const effects = new Map<number, number[]>()
    for (const { index } of open) {
      for (const cause of this.#causes.get(index) ?? []) pushTo(effects, cause, index)
    }
    const reached = new Set<number>()
    let last = -1
    for (const { index } of open) {
      if (reached.has(index)) continue
      last = index
      walk(index, effects, reached)
    }
    const circle = new Set<number>()
    walk(last, this.#causes, circle)
    return [...circle]
  }
}

function walk(from: number, edges: ReadonlyMap<number, readonly number[]>, reached: Set<number>): void {
  const next = [from]
  reached.add(from)
  for (let index = next.pop(); index !== undefined; index = next.pop()) {
    for (const target of edges.get(index) ?? []) {
      if (reached.has(target)) continue
      reached.add(target)
      next.push(target)
    }
  }
}

function pushTo(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
