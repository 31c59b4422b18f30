import { compareBytes } from '../../base/bytes.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Transaction } from '../../store/transaction.ts'
import type { NodeCache } from './node-cache.ts'
import type { NodeId } from './node-ids.ts'
import { isSpecial } from './node-ids.ts'
import { UNMADE } from './node-state.ts'
import type { LoggedMove } from './records.ts'
import { decodeMove, encodeMove, LOG_END, LOG_START, logKey, orderOfLogKey } from './records.ts'

export interface Move {
  readonly order: Uint8Array
  readonly node: NodeId
  readonly target: NodeId
  readonly by: DeviceId
  readonly at: number
}

interface Step extends Move {
  /** What the log has; undefined for one that is new to it. */
  readonly logged?: LoggedMove
}

/**
 * Moves take effect in their order, whatever order they come in (Kleppmann et al., "A highly-available move operation for
 * replicated trees", 2021): what is later than the first new one is undone, and all is done again. A move under itself does
 * nothing, nor does one to where the node is already. What is made begins where it was made, and stands in no log: it is
 * earlier than all its moves, and can't be above what it is made in.
 *
 * @param moves new or not, in any order; the nodes they name must be loaded
 * @param anew from the first move of all: where something was found to begin elsewhere than was thought
 */
export async function replayMoves(
  moves: readonly Move[],
  nodes: NodeCache,
  transaction: Transaction,
  anew: 'everything' | undefined,
): Promise<void> {
  const sorted = [...moves].sort((a, b) => compareBytes(a.order, b.order))
  const first = sorted[0]
  if (first === undefined && anew === undefined) return
  const tail = await tailOf(transaction, first === undefined || anew !== undefined ? LOG_START : logKey(first.order))
  const steps = merged(tail, sorted)
  await nodes.load(steps.flatMap(({ node, target }) => [node, target]))
  const undone = new Set<NodeId>()
  for (const { node, logged } of tail) {
    if (logged?.undo === undefined || undone.has(node)) continue
    undone.add(node)
    put(nodes, node, logged.undo)
  }
  if (anew !== undefined) {
    for (const { node } of steps) {
      put(nodes, node, { parent: (nodes.get(node) ?? UNMADE).made?.parent ?? UNMADE.parent, moved: undefined })
    }
  }
  for (const step of steps) {
    const { node, target, by, at, order } = step
    const { parent, moved } = nodes.get(node) ?? UNMADE
    const isEffective = parent !== target && !(await isWithin(nodes, target, node))
    const undo = isEffective ? { parent, moved } : undefined
    if (isEffective) put(nodes, node, { parent: target, moved: order })
    if (step.logged !== undefined && isSameUndo(step.logged.undo, undo)) continue
    transaction.put(logKey(order), encodeMove({ node, target, by, at, undo }))
  }
}

async function tailOf(transaction: Transaction, gte: Uint8Array): Promise<readonly Step[]> {
  const records = await transaction.entries({ gte, lt: LOG_END })
  return records.map(([key, value]) => {
    const logged = decodeMove(value)
    const { node, target, by, at } = logged
    return { order: orderOfLogKey(key), node, target, by, at, logged }
  })
}

/** Both sorted; one that is in both, or twice among the new ones, once. */
function merged(tail: readonly Step[], news: readonly Move[]): readonly Step[] {
  const steps: Step[] = []
  let at = 0
  for (const move of news) {
    for (let step = tail[at]; step !== undefined && compareBytes(step.order, move.order) <= 0; step = tail[++at]) {
      steps.push(step)
    }
    const last = steps.at(-1)
    if (last === undefined || compareBytes(last.order, move.order) !== 0) steps.push(move)
  }
  return [...steps, ...tail.slice(at)]
}

function put(nodes: NodeCache, node: NodeId, place: NonNullable<LoggedMove['undo']>): void {
  nodes.set(node, { ...(nodes.get(node) ?? UNMADE), ...place })
}

/** Whether `node` is `above`, or lies in it at any depth. */
async function isWithin(nodes: NodeCache, node: NodeId, above: NodeId): Promise<boolean> {
  for (let at = node; !isSpecial(at); at = await nodes.parentOf(at)) if (at === above) return true
  return false
}

function isSameUndo(a: LoggedMove['undo'], b: LoggedMove['undo']): boolean {
  if (a === undefined || b === undefined) return a === b
  if (a.parent !== b.parent) return false
  if (a.moved === undefined || b.moved === undefined) return a.moved === b.moved
  return compareBytes(a.moved, b.moved) === 0
}
