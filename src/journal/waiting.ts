import type { Line } from './line.ts'

/** Lines whose next entry waits for another journal to get further. */
export class Waiting {
  readonly #byName = new Map<string, Set<Line>>()

  /** `line` waits for the journal of this name. */
  add(name: string, line: Line): void {
    const lines = this.#byName.get(name) ?? new Set()
    this.#byName.set(name, lines)
    lines.add(line)
  }

  /** Takes out those that wait for this journal. */
  take(name: string): Iterable<Line> {
    const lines = this.#byName.get(name) ?? []
    this.#byName.delete(name)
    return lines
  }
}
