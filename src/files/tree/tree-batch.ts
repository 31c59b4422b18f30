import { compareBytes, EMPTY_BYTES } from '../../base/bytes.ts'
import { HYBRID_BYTES } from '../../base/hybrid-clock.ts'
import type { Transaction } from '../../store/transaction.ts'
import type { Body, BodyOf } from './bodies.ts'
import type { Move } from './move-log.ts'
import { replayMoves } from './move-log.ts'
import { NodeCache } from './node-cache.ts'
import type { NodeId, VersionId } from './node-ids.ts'
import { BIN, GONE, nodeIdOf } from './node-ids.ts'
import type { DeviceVersion, NodeState } from './node-state.ts'
import { isLater, UNMADE } from './node-state.ts'
import { CLOCK_KEY, encodeVersion, replacedKey, versionKey } from './records.ts'
import type { Statement } from './statement.ts'

/** What a batch changed: nodes as they were and as they are. */
export type TreeChanges = ReadonlyMap<NodeId, { readonly before: NodeState | undefined; readonly after: NodeState }>

/** Takes statements into the records. */
export async function applyStatements(
  statements: readonly Statement[],
  transaction: Transaction,
): Promise<TreeChanges> {
  const batch = new TreeBatch(transaction)
  return await batch.apply(statements)
}

class TreeBatch {
  readonly #transaction: Transaction
  readonly #nodes: NodeCache
  readonly #moves: Move[] = []
  #anew: 'everything' | undefined

  constructor(transaction: Transaction) {
    this.#transaction = transaction
    this.#nodes = new NodeCache(transaction)
  }

  async apply(statements: readonly Statement[]): Promise<TreeChanges> {
    await this.#nodes.load(statements.flatMap((statement) => nodesOf(statement)))
    const replaced = await this.#replacedOf(statements)
    for (const statement of statements) this.#add(statement, replaced)
    await replayMoves(this.#moves, this.#nodes, this.#transaction, this.#anew)
    await this.#writeClock(statements)
    return this.#nodes.write()
  }

  /** Of the versions that come now, those that another one of the same file is known to replace: see `pairOf`. */
  async #replacedOf(statements: readonly Statement[]): Promise<ReadonlySet<string>> {
    const versions = statements.flatMap(({ body, id }) => {
      if (body.kind === 'file.create') return [{ node: nodeIdOf(id), version: versionIdOf(id) }]
      return body.kind === 'file.version' ? [{ node: body.node, version: versionIdOf(id) }] : []
    })
    const marks = await this.#transaction.getMany(versions.map(({ node, version }) => replacedKey(node, version)))
    const known = versions.filter((_, index) => marks[index] !== undefined)
    const among = statements.flatMap(({ body }) =>
      body.kind === 'file.version' ? body.replaces.map((version) => ({ node: body.node, version })) : [],
    )
    return new Set([...known, ...among].map(({ node, version }) => pairOf(node, version)))
  }

  #add(statement: Statement, replaced: ReadonlySet<string>): void {
    const { body, order } = statement
    switch (body.kind) {
      case 'folder.create':
      case 'file.create':
        this.#create(statement, body, replaced)
        return
      case 'file.rename':
        this.#change(body.node, (state) =>
          isLater(order, state.named) ? { ...state, name: body.name, named: order } : state,
        )
        return
      case 'folder.copies':
        this.#change(body.node, (state) =>
          isLater(order, state.copies?.order) ? { ...state, copies: { order, value: body.copies } } : state,
        )
        return
      case 'file.version':
        this.#version(statement, body, replaced.has(pairOf(body.node, versionIdOf(statement.id))))
        return
      case 'file.move':
        this.#nodes.mention(body.parent)
        this.#move(statement, body.node, body.parent)
        return
      case 'file.delete':
        this.#move(statement, body.node, BIN)
        return
      case 'file.purge':
        this.#move(statement, body.node, GONE)
        return
    }
  }

  #create(statement: Statement, body: BodyOf<'folder.create' | 'file.create'>, replaced: ReadonlySet<string>): void {
    const { entry, id, order } = statement
    const node = nodeIdOf(id)
    const before = this.#nodes.get(node)
    if (before?.made !== undefined) return
    this.#nodes.mention(body.parent)
    // Others spoke of it before it came: it did not begin where it was put for want of knowing better.
    if (before !== undefined) this.#anew = 'everything'
    const state = before ?? UNMADE
    const isNamed = isLater(order, state.named)
    this.#nodes.set(node, {
      ...state,
      parent: state.moved === undefined ? body.parent : state.parent,
      made: {
        type: body.kind === 'file.create' ? 'file' : 'folder',
        by: entry.device,
        at: body.at,
        order,
        parent: body.parent,
      },
      ...(isNamed ? { name: body.name, named: order } : {}),
    })
    if (body.kind === 'file.create')
      this.#keepVersion(statement, node, body, replaced.has(pairOf(node, versionIdOf(id))))
  }

  #version(statement: Statement, body: BodyOf<'file.version'>, isReplaced: boolean): void {
    this.#keepVersion(statement, body.node, body, isReplaced)
    for (const version of body.replaces) this.#transaction.put(replacedKey(body.node, version), EMPTY_BYTES)
    this.#change(body.node, (state) => ({
      ...state,
      versions: state.versions.map((version) =>
        body.replaces.includes(version.id) ? { ...version, replaced: true } : version,
      ),
    }))
  }

  /** A device's later version is always made from its earlier ones, so one of each is enough to tell what is open. */
  #keepVersion(
    { entry, id, order }: Statement,
    node: NodeId,
    { at, content }: BodyOf<'file.version' | 'file.create'>,
    replaced: boolean,
  ): void {
    const by = entry.device
    const version: DeviceVersion = {
      id: versionIdOf(id),
      order,
      by,
      at,
      size: content.size,
      hash: content.hash,
      replaced,
    }
    this.#transaction.put(versionKey(node, order), encodeVersion({ id: version.id, by, at, content }))
    this.#change(node, (state) => {
      const own = state.versions.find((other) => other.by === by)
      if (!isLater(order, own?.order)) return state
      const versions = [...state.versions.filter((other) => other !== own), version]
      return { ...state, versions: versions.sort((a, b) => compareBytes(a.order, b.order)) }
    })
  }

  #move({ entry, body, order }: Statement, node: NodeId, target: NodeId): void {
    this.#nodes.mention(node)
    this.#moves.push({ order, node, target, by: entry.device, at: body.at })
  }

  #change(node: NodeId, change: (state: NodeState) => NodeState): void {
    this.#nodes.set(node, change(this.#nodes.get(node) ?? UNMADE))
  }

  async #writeClock(statements: readonly Statement[]): Promise<void> {
    const known = await this.#transaction.get(CLOCK_KEY)
    const latest = statements
      .map(({ order }) => order.subarray(0, HYBRID_BYTES))
      .reduce((a, b) => (compareBytes(a, b) >= 0 ? a : b), known ?? EMPTY_BYTES)
    if (latest !== known && latest.length > 0) this.#transaction.put(CLOCK_KEY, latest)
  }
}

function pairOf(node: NodeId, version: VersionId): string {
  return `${node} ${version}`
}

function versionIdOf(id: Uint8Array): VersionId {
  return nodeIdOf(id) as string as VersionId
}

function nodesOf({ body, id }: Statement): readonly NodeId[] {
  const named = (body: Body): readonly NodeId[] => [
    ...('node' in body ? [body.node] : []),
    ...('parent' in body ? [body.parent] : []),
  ]
  return [nodeIdOf(id), ...named(body)]
}
