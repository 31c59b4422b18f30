import { compareBytes } from '../../../src/base/bytes.ts'
import type { DeviceId } from '../../../src/base/ids.ts'
import type { NodeId } from '../../../src/files/tree/node-ids.ts'
import { BIN, GONE, nodeIdOf, ROOT } from '../../../src/files/tree/node-ids.ts'
import { decodeNode, headsOf } from '../../../src/files/tree/node-state.ts'
import type { Statement } from '../../../src/files/tree/statement.ts'
import { prefixRange } from '../../../src/store/keys.ts'
import type { RecordStore } from '../../../src/store/record-store.ts'
import { utf8 } from '../../../src/base/bytes.ts'

/** What a tree comes to, in plain words: for comparing. */
export type PlainTree = ReadonlyMap<
  NodeId,
  { readonly parent: NodeId; readonly name: string; readonly open: readonly string[]; readonly copies: number | null }
>

/** The rules of the tree, all statements at once and with no thought of cost: each node's latest word, and moves in order. */
export function plainTree(all: readonly Statement[]): PlainTree {
  const statements = [...new Map(all.map((one) => [nodeIdOf(one.id), one])).values()]
  statements.sort((a, b) => compareBytes(a.order, b.order))
  const nodes = new Map<NodeId, { parent: NodeId; name: string; copies: number | null }>()
  const mention = (node: NodeId) => {
    const state = nodes.get(node) ?? { parent: ROOT, name: 'Recovered', copies: null }
    if (node !== ROOT && node !== BIN && node !== GONE) nodes.set(node, state)
    return state
  }
  for (const { body, id } of statements) {
    if ('parent' in body) mention(body.parent)
    if ('node' in body) mention(body.node)
    if (body.kind === 'folder.create' || body.kind === 'file.create') {
      nodes.set(nodeIdOf(id), { parent: body.parent, name: 'Recovered', copies: null })
    }
  }
  const isWithin = (node: NodeId, above: NodeId): boolean =>
    node === above || (nodes.has(node) && isWithin(nodes.get(node)?.parent ?? ROOT, above))
  for (const { body, id } of statements) {
    if ('name' in body) mention('node' in body ? body.node : nodeIdOf(id)).name = body.name
    if (body.kind === 'folder.copies') mention(body.node).copies = body.copies
    const target =
      body.kind === 'file.move'
        ? body.parent
        : body.kind === 'file.delete'
          ? BIN
          : body.kind === 'file.purge'
            ? GONE
            : undefined
    if (target !== undefined && 'node' in body && !isWithin(target, body.node)) mention(body.node).parent = target
  }
  const tree = new Map([...nodes].map(([node, state]) => [node, { ...state, open: openVersions(statements, node) }]))
  return tree
}

function openVersions(statements: readonly Statement[], node: NodeId): readonly string[] {
  const versions = statements.filter(
    ({ body, id }) =>
      (body.kind === 'file.create' && nodeIdOf(id) === node) || (body.kind === 'file.version' && body.node === node),
  )
  const replaced = new Set(versions.flatMap(({ body }) => (body.kind === 'file.version' ? body.replaces : [])))
  const latest = new Map<DeviceId, Statement>(versions.map((one) => [one.entry.device, one]))
  const candidates = versions.filter((one) => latest.get(one.entry.device) === one)
  const open = candidates.filter(({ id }) => !replaced.has(nodeIdOf(id) as string as never))
  const shown = (open.length === 0 ? candidates.slice(-1) : open).reverse()
  const hashes = shown.map(({ body }) => ('content' in body ? body.content.hash : ''))
  return [...new Set(hashes)]
}

/** The same out of the projection's records. Checks on the way that each node lies in exactly one place. */
export async function storedTree(store: RecordStore): Promise<PlainTree> {
  const tree = new Map<NodeId, { parent: NodeId; name: string; open: readonly string[]; copies: number | null }>()
  for await (const [key, value] of store.entries(prefixRange(utf8('pfn')))) {
    const node = nodeIdOf(key.subarray(3))
    const state = decodeNode(value)
    const { parent, name } = state
    if (node === ROOT) continue
    tree.set(node, { parent, name, open: headsOf(state).map(({ hash }) => hash), copies: state.copies?.value ?? null })
  }
  const places = new Map<NodeId, NodeId>()
  for await (const [key] of store.entries(prefixRange(utf8('pfc')))) {
    const node = nodeIdOf(key.subarray(-16))
    if (places.has(node)) throw new Error(`${node} lies in two places`)
    places.set(node, nodeIdOf(key.subarray(3, 19)))
  }
  for (const [node, { parent }] of tree) {
    if (places.get(node) !== parent) throw new Error(`${node} lies in ${places.get(node)}, and not in ${parent}`)
  }
  if (places.size !== tree.size) throw new Error('something lies somewhere that is not there')
  return tree
}

/** Throws where something does not hang on the root, the bin or what was purged. */
export function checkWhole(tree: PlainTree): void {
  for (const node of tree.keys()) {
    let at = node
    for (let steps = 0; at !== ROOT && at !== BIN && at !== GONE; steps++) {
      const state = tree.get(at)
      if (state === undefined || steps > tree.size) throw new Error(`${node} hangs on nothing, or on itself`)
      at = state.parent
    }
  }
}
