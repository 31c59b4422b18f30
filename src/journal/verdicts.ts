import { toHex } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Authority } from './authority.ts'
import { DATA } from './header.ts'
import type { Line } from './line.ts'
import { lineAt } from './line.ts'
import type { LineStore } from './line-store.ts'

/** How the membership judges a run of entries; the last one of a line goes on as far as the line will. */
export interface Stretch {
  readonly from: number
  readonly to: number
  /** Hashes, in hex, of the restrictions that cut it off; undefined: it counts; empty: it counts nothing for good. */
  readonly cutBy: readonly string[] | undefined
}

/** What the membership says of each `data` line, kept as the few stretches that it comes in. */
export class Verdicts {
  readonly #authority: Authority
  readonly #lines: LineStore
  readonly #deviceId: (device: string) => DeviceId
  readonly #stretches = new Map<Line, readonly Stretch[]>()
  #revision: number | undefined

  constructor(options: {
    readonly authority: Authority
    readonly lines: LineStore
    /** @param device public key in hex */
    readonly deviceId: (device: string) => DeviceId
  }) {
    this.#authority = options.authority
    this.#lines = options.lines
    this.#deviceId = options.deviceId
  }

  /** The membership may say something else by now. */
  get isOutdated(): boolean {
    return this.#authority.revision !== this.#revision
  }

  /** Asks anew about every line. @returns whether an answer is another than before */
  async judgeAll(): Promise<boolean> {
    this.#revision = this.#authority.revision
    let changed = false
    for (const line of this.#lines.all) if (await this.#judge(line)) changed = true
    return changed
  }

  /**
   * A journal went on. Where nothing restricts it, it is judged as before; otherwise what came may tell on which branch
   * a cut lies. @returns whether anything of it is judged otherwise than before
   */
  async wentOn(name: string): Promise<boolean> {
    const lines = this.#lines.named(name)
    if (lines.every((line) => this.#stretches.has(line) && !this.isRestricted(line))) return false
    let changed = false
    for (const line of lines) if (await this.#judge(line)) changed = true
    return changed
  }

  of(line: Line): readonly Stretch[] {
    return this.#stretches.get(line) ?? []
  }

  isRestricted(line: Line): boolean {
    const [first, ...others] = this.of(line)
    return first !== undefined && (others.length > 0 || first.cutBy !== undefined)
  }

  async #judge(line: Line): Promise<boolean> {
    if (line.journal.kind !== DATA) return false
    const before = this.#stretches.get(line)
    const stretches: Stretch[] = []
    for (let from = line.fork.sequence + 1; from < Infinity;) {
      const stretch = await this.#ask(line, from)
      stretches.push(stretch)
      from = stretch.to + 1
    }
    this.#stretches.set(line, stretches)
    return before === undefined ? this.isRestricted(line) : !same(before, stretches)
  }

  async #ask(line: Line, from: number): Promise<Stretch> {
    const { device, incarnation } = line.journal
    const ways = this.#waysFrom(line, from)
    const hash = (await this.#hashAt(line, from)) ?? new Uint8Array()
    const known = new Map<number, readonly Uint8Array[]>()
    for (;;) {
      const asked = new Set<number>()
      const verdict = this.#authority.counts({
        device: this.#deviceId(toHex(device)),
        incarnation: toHex(incarnation),
        journal: 'data',
        sequence: from,
        hash,
        hashesAt: (sequence) => {
          const hashes = known.get(sequence)
          if (hashes === undefined) asked.add(sequence)
          return hashes ?? []
        },
      })
      if (asked.size === 0) {
        const forks = ways.map(({ fork }) => fork.sequence).filter((sequence) => sequence >= from)
        const cutBy = verdict.counts ? undefined : verdict.cutBy.map(toHex)
        return { from, to: Math.min(verdict.until ?? Infinity, ...forks), cutBy }
      }
      for (const sequence of asked) {
        const hashes = await Promise.all(ways.map((way) => this.#hashAt(way, sequence)))
        known.set(
          sequence,
          hashes.filter((one) => one !== undefined),
        )
      }
    }
  }

  /** The lines that lead through this place of a line's own. */
  #waysFrom(line: Line, sequence: number): readonly Line[] {
    return this.#lines.named(line.name).filter((way) => lineAt(way, sequence) === line)
  }

  async #hashAt(line: Line, sequence: number): Promise<Uint8Array | undefined> {
    if (sequence > line.head.sequence) return undefined
    return (await this.#lines.pointAt(line, sequence))?.hash
  }
}

function same(a: readonly Stretch[], b: readonly Stretch[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ cutBy, from, to }, index) => {
      const other = b[index]
      return other?.from === from && other.to === to && cutBy?.join() === other.cutBy?.join()
    })
  )
}
