import { Emitter } from '../../base/emitter.ts'
import type { Entry } from '../../journal/entry-types.ts'
import type { Projection } from '../../journal/projection.ts'
import { prefixRange } from '../../store/keys.ts'
import type { Transaction } from '../../store/transaction.ts'
import { KINDS } from './bodies.ts'
import type { NodeId } from './node-ids.ts'
import { PREFIX } from './records.ts'
import { readStatement } from './statement.ts'
import type { TreeChanges } from './tree-batch.ts'
import { applyStatements } from './tree-batch.ts'

export interface TreeEvents {
  /** What lies in these folders, or what they are called, is otherwise than before; the bin is one of them. */
  'tree:changed': { readonly folders: ReadonlySet<NodeId> }
  /** Everything may be otherwise. */
  'tree:rebuilt': { readonly version: number }
}

/**
 * The drive of a space as records. Its state depends on nothing but the set of bodies and their authors: not on the order of
 * arrival, and not on repetition (SPEC.md).
 */
export class TreeProjection implements Projection {
  readonly name = 'files'
  readonly version = 1
  readonly kinds: readonly string[] = KINDS
  readonly events = new Emitter<TreeEvents>()

  async apply(entries: readonly Entry[], transaction: Transaction): Promise<() => void> {
    const statements = entries.map(readStatement).filter((statement) => statement !== undefined)
    if (statements.length === 0) return () => undefined
    const changes = await applyStatements(statements, transaction)
    return () => {
      const folders = touchedFolders(changes)
      if (folders.size > 0) this.events.emit('tree:changed', { folders })
    }
  }

  async reset(transaction: Transaction): Promise<void> {
    for (const [key] of await transaction.entries(prefixRange(PREFIX))) transaction.delete(key)
  }

  rebuilt(): void {
    this.events.emit('tree:rebuilt', { version: this.version })
  }
}

function touchedFolders(changes: TreeChanges): ReadonlySet<NodeId> {
  const folders = new Set<NodeId>()
  for (const { before, after } of changes.values()) {
    if (before !== undefined) folders.add(before.parent)
    folders.add(after.parent)
  }
  return folders
}
