import type { Clock } from '../../src/base/clock.ts'
import type { Disposable } from '../../src/base/lifecycle.ts'

/** Virtual time starts here unless told otherwise. */
const START = Date.UTC(2026, 0, 1)
/** Callbacks at one and the same instant before it counts as a loop that never lets time pass. */
const MAX_FIRINGS_AT_AN_INSTANT = 200_000
/** Turns that one trip round Node's event loop offers to timers. */
const FIRST_SLOTS = 4
const MAX_SLOTS = 64
/** Virtual milliseconds between two looks at a condition that says nothing else. */
const LOOK_MS = 10
const DEFAULT_LIMIT_MS = 3_600_000

interface Timer extends Disposable {
  readonly at: number
  readonly order: number
  callback: (() => void) | undefined
}

interface Run {
  readonly until: number
  readonly stop: (() => boolean) | undefined
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export interface RunOptions {
  /** Virtual milliseconds after which it fails; default one hour. */
  readonly limit?: number
  /** Virtual milliseconds between two looks at the condition. */
  readonly step?: number
  /** What is waited for, for the failure message. */
  readonly what?: string
}

/**
 * Time that passes only when told to, so that hours of a simulation take moments and always go the same way.
 *
 * Between two timers everything that was set off comes to rest first. How that is known: what runs under this clock
 * may wait only for this clock, and for promises that are settled in the same turn of the loop (MemoryStore,
 * SimulatedNetwork and plain code). Then Node has drained all of it, `process.nextTick` included, before it begins the
 * next callback of `setImmediate`; so each timer is fired from such a callback of its own. Several of them are queued
 * per trip round the event loop, which makes a step cost 0.3 µs instead of 2.5. Code that waits for a real timer, a
 * file or a worker is not covered, and makes runs differ.
 */
export class VirtualClock implements Clock {
  readonly #start: number
  readonly #timers = new TimerHeap()
  #time = 0
  #order = 0
  #runs: Run[] = []
  /** Counts pumps, so that leftover turns of an earlier one are known. */
  #pumping = 0
  #fired = 0
  #firedAtInstant = 0

  constructor(options: { readonly start?: number } = {}) {
    this.#start = options.start ?? START
  }

  now(): number {
    return this.#start + this.#time
  }

  monotonic(): number {
    return this.#time
  }

  after(delay: number, callback: () => void): Disposable {
    const at = this.#time + (delay > 0 ? delay : 0)
    const timer: Timer = {
      at,
      order: this.#order++,
      callback,
      dispose: () => {
        if (timer.callback === undefined) return
        timer.callback = undefined
        this.#timers.forget()
      },
    }
    this.#timers.add(timer)
    return timer
  }

  /** Timers that are waiting. */
  get pending(): number {
    return this.#timers.length
  }

  /** Timers fired so far. */
  get steps(): number {
    return this.#fired
  }

  /** The same time as another machine shows it, whose clock is `offset` milliseconds off. */
  skewed(offset: number): Clock {
    return {
      now: () => this.now() + offset,
      monotonic: () => this.#time,
      after: (delay, callback) => this.after(delay, callback),
    }
  }

  /** The clock of one simulated process, which can be stopped for good. */
  machine(options: { readonly offset?: number } = {}): MachineClock {
    return new MachineClock(this, options.offset ?? 0)
  }

  /** Lets everything that is set off come to rest without passing time; timers that are due now fire. */
  async settle(): Promise<void> {
    await this.#run(this.#time)
  }

  /** Passes `duration` milliseconds. Rejects with what a timer throws. */
  async advance(duration: number): Promise<void> {
    await this.#run(this.#time + duration)
  }

  /** Passes time until `condition` holds. @throws where it doesn't within the limit */
  async runUntil(condition: () => boolean | Promise<boolean>, options: RunOptions = {}): Promise<void> {
    const { limit = DEFAULT_LIMIT_MS, step = LOOK_MS, what = 'the condition' } = options
    const deadline = this.#time + limit
    await this.settle()
    while (!(await condition())) {
      if (this.#time >= deadline) throw new Error(`${what} was not met within ${limit} ms of virtual time`)
      // Nothing changes before the next timer, so time may jump there.
      const next = Math.max(this.#time + step, this.#timers.first()?.at ?? deadline)
      await this.#run(Math.min(next, deadline))
    }
  }

  /** Passes time until `work` is done, and gives its outcome. */
  async drive<T>(work: Promise<T>, options: Omit<RunOptions, 'step'> = {}): Promise<T> {
    const { limit = DEFAULT_LIMIT_MS, what = 'the work' } = options
    let settled = false
    const onSettled = (): void => {
      settled = true
    }
    work.then(onSettled, onSettled)
    await this.#run(this.#time + limit, () => settled)
    if (!settled) throw new Error(`${what} did not end within ${limit} ms of virtual time`)
    return await work
  }

  /**
   * Fires timers up to the instant `until`, which is then the time, or until `stop` says so between two. Several may
   * ask at the same time: each gets its answer before any further timer fires.
   */
  async #run(until: number, stop?: () => boolean): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#runs.push({ until, stop, resolve, reject })
      if (this.#runs.length === 1) this.#pump()
    })
  }

  #pump(): void {
    let slots = FIRST_SLOTS
    let left = 0
    const offer = (): void => {
      left = slots
      for (let i = 0; i < slots; i++) setImmediate(turn)
      slots = Math.min(slots * 2, MAX_SLOTS)
    }
    const mine = this.#pumping + 1
    this.#pumping = mine
    const turn = (): void => {
      // What is left of an earlier pump's turns does nothing.
      if (mine !== this.#pumping || this.#runs.length === 0) return
      try {
        if (!this.#answer()) this.#step()
      } catch (error) {
        for (const { reject } of this.#runs.splice(0)) reject(error)
      }
      left--
      if (left === 0) offer()
    }
    offer()
  }

  /** Answers runs that are to stop. @returns false where there was none */
  #answer(): boolean {
    const stopped = this.#runs.filter(({ stop }) => stop?.() === true)
    this.#end(stopped)
    return stopped.length > 0
  }

  #end(ended: readonly Run[]): void {
    if (ended.length === 0) return
    this.#runs = this.#runs.filter((run) => !ended.includes(run))
    for (const { resolve } of ended) resolve()
  }

  /** Fires the next timer, or answers runs whose time ends before it. */
  #step(): void {
    let until = Number.POSITIVE_INFINITY
    for (const run of this.#runs) until = Math.min(until, run.until)
    const timer = this.#timers.takeUntil(until)
    if (timer === undefined) {
      this.#time = Math.max(this.#time, until)
      this.#end(this.#runs.filter((run) => run.until <= this.#time))
      return
    }
    if (timer.at > this.#time) {
      this.#time = timer.at
      this.#firedAtInstant = 0
    } else if (++this.#firedAtInstant > MAX_FIRINGS_AT_AN_INSTANT) {
      throw new Error(`timers keep firing at ${this.#time} ms: ${String(timer.callback).slice(0, 300)}`)
    }
    this.#fired++
    const { callback } = timer
    timer.callback = undefined
    callback?.()
  }
}

/** A clock that can be off, and whose timers die with the process that they belong to. */
export class MachineClock implements Clock {
  offset: number
  readonly #clock: VirtualClock
  #halted = false

  constructor(clock: VirtualClock, offset: number) {
    this.#clock = clock
    this.offset = offset
  }

  now(): number {
    return this.#clock.now() + this.offset
  }

  monotonic(): number {
    return this.#clock.monotonic()
  }

  after(delay: number, callback: () => void): Disposable {
    return this.#clock.after(delay, () => {
      if (!this.#halted) callback()
    })
  }

  /** No timer of this clock fires any more. */
  halt(): void {
    this.#halted = true
  }
}

/** A binary heap of timers by time, then by the order in which they were made. Disposed ones are dropped on the way. */
class TimerHeap {
  #heap: Timer[] = []
  #disposed = 0

  get length(): number {
    return this.#heap.length - this.#disposed
  }

  add(timer: Timer): void {
    const heap = this.#heap
    let at = heap.push(timer) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above]
      if (parent === undefined || !before(timer, parent)) break
      heap[at] = parent
      at = above
    }
    heap[at] = timer
  }

  /** One that lies in the heap was disposed. */
  forget(): void {
    this.#disposed++
    if (this.#disposed < 1000 || this.#disposed * 2 < this.#heap.length) return
    // In order it is a heap again.
    this.#heap = this.#heap.filter((timer) => timer.callback !== undefined).sort((a, b) => (before(a, b) ? -1 : 1))
    this.#disposed = 0
  }

  first(): Timer | undefined {
    for (;;) {
      const [first] = this.#heap
      if (first === undefined || first.callback !== undefined) return first
      this.#removeFirst()
      this.#disposed--
    }
  }

  takeUntil(until: number): Timer | undefined {
    const first = this.first()
    if (first === undefined || first.at > until) return undefined
    this.#removeFirst()
    return first
  }

  #removeFirst(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      let child = heap[below]
      if (child === undefined) break
      const right = heap[below + 1]
      if (right !== undefined && before(right, child)) {
        child = right
        below++
      }
      if (!before(child, last)) break
      heap[at] = child
      at = below
    }
    heap[at] = last
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
