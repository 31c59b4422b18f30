import { bytesEqual } from '../../base/bytes.ts'
import type { Transaction } from '../../store/transaction.ts'
import type { NodeId } from './node-ids.ts'
import { isSpecial } from './node-ids.ts'
import type { NodeState } from './node-state.ts'
import { decodeNode, encodeNode, UNMADE } from './node-state.ts'
import { childKey, nodeKey } from './records.ts'

interface Cached {
  /** As the store has it. */
  readonly stored: NodeState | undefined
  readonly value: Uint8Array | undefined
  state: NodeState | undefined
}

/** The nodes that a batch touches: read once, changed in memory, written at the end. */
export class NodeCache {
  readonly #transaction: Transaction
  readonly #nodes = new Map<NodeId, Cached>()

  constructor(transaction: Transaction) {
    this.#transaction = transaction
  }

  /** Reads many at once. */
  async load(nodes: Iterable<NodeId>): Promise<void> {
    const missing = [...new Set(nodes)].filter((node) => !this.#nodes.has(node))
    const values = await this.#transaction.getMany(missing.map(nodeKey))
    for (const [index, node] of missing.entries()) {
      const value = values[index]
      const stored = value === undefined ? undefined : decodeNode(value)
      this.#nodes.set(node, { stored, value, state: stored })
    }
  }

  /** Must be loaded. */
  get(node: NodeId): NodeState | undefined {
    return this.#cached(node).state
  }

  /** Loads it where needed; what nobody is known to have made lies in the root. */
  async parentOf(node: NodeId): Promise<NodeId> {
    if (!this.#nodes.has(node)) await this.load([node])
    return (this.get(node) ?? UNMADE).parent
  }

  set(node: NodeId, state: NodeState): void {
    this.#cached(node).state = state
  }

  /** Others speak of it: so it is there, whether or not its making is known. */
  mention(node: NodeId): void {
    const cached = this.#cached(node)
    if (!isSpecial(node)) cached.state ??= UNMADE
  }

  #cached(node: NodeId): Cached {
    const cached = this.#nodes.get(node)
    if (cached === undefined) throw new RangeError('a node that was not loaded')
    return cached
  }

  /** The nodes that are written: those that changed. */
  write(): ReadonlyMap<NodeId, { readonly before: NodeState | undefined; readonly after: NodeState }> {
    const changed = new Map<NodeId, { before: NodeState | undefined; after: NodeState }>()
    for (const [node, { stored, value: before, state }] of this.#nodes) {
      if (state === undefined || state === stored) continue
      const value = encodeNode(state)
      // Moves that were undone and done again mostly come to the same.
      if (before !== undefined && bytesEqual(value, before)) continue
      changed.set(node, { before: stored, after: state })
      this.#transaction.put(nodeKey(node), value)
      if (isSpecial(node)) continue
      if (stored !== undefined) this.#transaction.delete(childKey(node, stored))
      this.#transaction.put(childKey(node, state), value)
    }
    return changed
  }
}
