import { bytesEqual, toHex } from '../base/bytes.ts'
import { MAX_CLAIMED_JOURNALS } from './constants.ts'
import type { FrontierItem } from './frontier.ts'
import type { Position } from './header.ts'
import type { Line } from './line.ts'
import { journalName, lineAt } from './line.ts'
import type { LineStore } from './line-store.ts'

/** As many as a device may have journals. */
const MAX_CLAIMED_BRANCHES = 32

interface Claims {
  /** Heads by journal name: several where a journal is forked. */
  readonly heads: Map<string, Position[]>
  /** Wall time in milliseconds. */
  asOf: number
}

/**
 * Which device is known to hold what, by what neighbours answered and by signed reports.
 * A claim is believed only of a head that is held here too, signed: nobody can make others miss what does not exist.
 */
export class Replicas {
  readonly #lines: LineStore
  readonly #claims = new Map<string, Claims>()

  constructor(lines: LineStore) {
    this.#lines = lines
  }

  /**
   * @param device public key in hex
   * @param whole the items are everything that the device holds; otherwise they add to what is known of it
   */
  claim(device: string, items: readonly FrontierItem[], asOf: number, whole: boolean): void {
    const known = this.#claims.get(device)
    const heads = whole || known === undefined ? new Map<string, Position[]>() : known.heads
    for (const item of items) {
      const name = journalName(item.journal)
      if (heads.size >= MAX_CLAIMED_JOURNALS && !heads.has(name)) continue
      const forked = this.#lines.named(name).length > 1
      const others = (heads.get(name) ?? []).filter((head) => forked || head.sequence > item.sequence)
      heads.set(name, forked || others.length === 0 ? [...others, item].slice(-MAX_CLAIMED_BRANCHES) : others)
    }
    this.#claims.set(device, { heads, asOf: Math.max(asOf, known?.asOf ?? 0) })
  }

  get devices(): Iterable<string> {
    return this.#claims.keys()
  }

  asOf(device: string): number | undefined {
    return this.#claims.get(device)?.asOf
  }

  holds(device: string, line: Line, sequence: number): boolean {
    return this.reach(device, line) >= sequence
  }

  /** Up to which sequence the device is known to hold this line. */
  reach(device: string, line: Line): number {
    const heads = this.#claims.get(device)?.heads.get(line.name) ?? []
    const lines = this.#lines.named(line.name)
    let reach = 0
    for (const head of heads) {
      for (const other of lines) {
        if (!believed(other, head)) continue
        const shared = lineAt(other, head.sequence) === line ? head.sequence : sharedReach(line, other, head.sequence)
        reach = Math.max(reach, shared)
      }
    }
    return reach
  }

  /** Entries held here that the device is not known to hold. */
  lacks(device: string): number {
    let lacking = 0
    for (const line of this.#lines.all) {
      lacking += line.head.sequence - Math.max(this.reach(device, line), line.fork.sequence)
    }
    return lacking
  }

  /** Entries of this device's own journals that no other device is known to hold. */
  onlyHere(own: Uint8Array): number {
    const self = toHex(own)
    let only = 0
    for (const line of this.#lines.ofDevice(self)) {
      let reach = line.fork.sequence
      for (const device of this.#claims.keys()) if (device !== self) reach = Math.max(reach, this.reach(device, line))
      only += line.head.sequence - reach
    }
    return only
  }
}

/** Whether the head lies on this line as it is held here. Old hashes are not looked up: what is signed after them vouches. */
function believed(line: Line, head: Position): boolean {
  if (head.sequence > line.head.sequence) return false
  if (head.sequence === line.head.sequence) return bytesEqual(head.hash, line.head.hash)
  const recent = lineAt(line, head.sequence).recent.get(head.sequence)
  return recent === undefined || bytesEqual(recent.hash, head.hash)
}

/** How much of `line` lies on the way to `sequence` of `other`. */
function sharedReach(line: Line, other: Line, sequence: number): number {
  let reach = sequence
  for (let at: Line | undefined = other; at !== undefined; at = at.parent) {
    if (at === line) return Math.min(reach, line.head.sequence)
    reach = Math.min(reach, at.fork.sequence)
  }
  return 0
}
