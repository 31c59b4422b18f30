import { compareBytes, toHex } from '../../base/bytes.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import type { Verify } from '../device-key.ts'
import type { Act, ActKind, ActOf } from './acts.ts'
import { decodeAct, isActKind } from './acts.ts'
import { MAX_SEQUENCE } from './constants.ts'
import { isGenuine } from './grants.ts'
import { IndexSet } from './index-set.ts'
import { doubleKey, subjectsOf } from './subjects.ts'

/** An entry of any `members` journal, whatever its kind: those of other kinds carry what their authors knew. */
export interface RosterEntry {
  readonly device: DeviceId
  /** 16 hex digits. */
  readonly incarnation: string
  readonly kind: string
  readonly sequence: number
  /** 32 bytes. */
  readonly hash: Uint8Array
  readonly lamport: number
  /** Hashes of the entries that it comes right after: `previous`, and what it names as seen of `members` journals. */
  readonly after: readonly Uint8Array[]
  readonly body: Uint8Array
}

interface Placed<A extends Act> {
  /** In the one order of all acts, in which causes come before effects. */
  readonly index: number
  readonly entry: RosterEntry
  readonly act: A
  /** The acts that its author knew. */
  readonly known: IndexSet
}

/** An act in its place. */
export type Step<K extends ActKind = ActKind> = Placed<ActOf<K>>

/** An entry that is here with all that it comes after. */
interface Known {
  readonly entry: RosterEntry
  /** The acts that its author knew, and itself. */
  readonly known: IndexSet
  /** Nothing: of an act's kind, but no genuine act. */
  readonly says: Step | 'nothing' | 'other'
}

/** Every act, in one order, with what each author knew: the same for any order and repetition of the entries. */
export interface History {
  readonly steps: readonly Step[]
  /** By hash in hex. */
  readonly upTo: ReadonlyMap<string, Known>
  /** The acts about a subject (subjects.ts), in order. */
  readonly about: ReadonlyMap<string, readonly Step[]>
}

/** An entry whose causes are not all here waits: it is as if it were not here. */
export function buildHistory(
  entries: Iterable<RosterEntry>,
  options: { readonly space: SpaceId; readonly verify: Verify },
): History {
  const steps: Step[] = []
  const upTo = new Map<string, Known>()
  const about = new Map<string, Step[]>()
  for (const [name, entry] of inOrder(entries)) {
    const causes = entry.after.map((hash) => upTo.get(toHex(hash))?.known)
    if (causes.includes(undefined)) continue
    const known = IndexSet.union(causes.filter((cause) => cause !== undefined))
    const act = readAct(entry, options)
    if (act === undefined) {
      upTo.set(name, { entry, known, says: isActKind(entry.kind) ? 'nothing' : 'other' })
      continue
    }
    const step: Step = { index: steps.length, entry, act, known }
    steps.push(step)
    upTo.set(name, { entry, known: known.with(step.index), says: step })
    for (const subject of new Set([...subjectsOf(act, entry.device), doubleKey(act, entry.device)])) {
      const others = about.get(subject)
      if (others === undefined) about.set(subject, [step])
      else others.push(step)
    }
  }
  return { steps, upTo, about }
}

/** By Lamport number, then hash. An entry that claims too low a number comes before its causes, and so waits for ever. */
function inOrder(entries: Iterable<RosterEntry>): readonly (readonly [string, RosterEntry])[] {
  const byHash = new Map<string, RosterEntry>()
  for (const entry of entries) byHash.set(toHex(entry.hash), entry)
  return [...byHash].sort(([, a], [, b]) => a.lamport - b.lamport || compareBytes(a.hash, b.hash))
}

/** Signatures are checked once for each entry, since a roster is made anew whenever an entry comes. */
const checked = new WeakMap<RosterEntry, { readonly space: SpaceId; readonly act: Act | undefined }>()

function readAct(
  entry: RosterEntry,
  { space, verify }: { readonly space: SpaceId; readonly verify: Verify },
): Act | undefined {
  const before = checked.get(entry)
  if (before?.space === space) return before.act
  const decoded = entry.sequence > MAX_SEQUENCE ? undefined : decodeAct(entry.kind, entry.body)
  const act = decoded !== undefined && isGenuine(decoded, entry.device, space, verify) ? decoded : undefined
  checked.set(entry, { space, act })
  return act
}
