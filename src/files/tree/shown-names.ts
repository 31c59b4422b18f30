import { compareBytes } from '../../base/bytes.ts'
import type { DeviceId } from '../../base/ids.ts'
import { foldName, noteInName } from './names.ts'
import type { NodeId } from './node-ids.ts'
import type { DeviceVersion, NodeState } from './node-state.ts'
import { headsOf, madeOrder, typeOf } from './node-state.ts'

/** A node with its id. */
export interface Found {
  readonly id: NodeId
  readonly state: NodeState
}

/** A folder as people see it: all that bear its name and lie in the same place are one. */
export interface ShownFolder {
  readonly type: 'folder'
  readonly name: string
  /** The first made. */
  readonly id: NodeId
  readonly state: NodeState
  /** All of them, the first included. */
  readonly ids: readonly NodeId[]
}

/** A file as people see it, or one of several contents that it was given at the same time. */
export interface ShownFile {
  readonly type: 'file'
  readonly name: string
  readonly id: NodeId
  readonly state: NodeState
  readonly version: DeviceVersion
  /** It stands beside another version that was made at the same time. */
  readonly conflict: boolean
}

export type Shown = ShownFolder | ShownFile

/** What a machine is called, for names such as "report (bob’s laptop, 24 Nov).txt". */
export type NameOf = (device: DeviceId) => string

const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

/**
 * What people see of things that bear one name in one folder, letter case aside. Folders are one folder. Of files the first
 * made keeps the name, unless a folder has it; each other one, and each other version of a file that was changed in two
 * places at the same time, is told apart by who made it and when.
 * @param isTaken whether something else in the folder is called so
 */
export async function showSameNamed(
  found: readonly Found[],
  nameOf: NameOf,
  isTaken: (name: string) => Promise<boolean>,
): Promise<readonly Shown[]> {
  const sorted = [...found].sort(
    (a, b) => compareBytes(madeOrder(a.state), madeOrder(b.state)) || (a.id < b.id ? -1 : 1),
  )
  const folders = sorted.filter(({ state }) => typeOf(state) === 'folder')
  const [first] = folders
  const shown: Shown[] = []
  const used = new Set<string>()
  if (first !== undefined) {
    shown.push({ type: 'folder', name: first.state.name, ...first, ids: folders.map(({ id }) => id) })
    used.add(foldName(first.state.name))
  }
  const freeName = async (name: string, who: DeviceId, at: number): Promise<string> => {
    for (let count = 1; ; count++) {
      const note = `${nameOf(who)}, ${DAY.format(at)}${count === 1 ? '' : `, ${count}`}`
      const noted = noteInName(name, note)
      if (!used.has(foldName(noted)) && !(await isTaken(noted))) return noted
    }
  }
  const files = sorted.filter(({ state }) => typeOf(state) === 'file')
  for (const { id, state } of files) {
    for (const [index, version] of headsOf(state).entries()) {
      const conflict = index > 0
      const isPlain = !conflict && !used.has(foldName(state.name))
      const { by, at } = conflict ? version : (state.made ?? version)
      const name = isPlain ? state.name : await freeName(state.name, by, at)
      used.add(foldName(name))
      shown.push({ type: 'file', name, id, state, version, conflict })
    }
  }
  return shown
}

/** The plain names that a name such as "a (b, 24 Nov).txt" may have been made from. */
export function plainNames(name: string): readonly string[] {
  const end = name.lastIndexOf(')')
  const names: string[] = []
  for (let at = name.indexOf(' ('); at > 0 && at < end; at = name.indexOf(' (', at + 1)) {
    names.push(name.slice(0, at) + name.slice(end + 1))
  }
  return names
}
