import { createHash } from 'node:crypto'

import type { Random } from '../../../src/base/random.ts'
import { pick } from '../../../src/base/random.ts'
import type { Content } from '../../../src/files/content/content.ts'
import type { ChunkAddress } from '../../../src/files/content/parts.ts'
import type { Saying } from '../../../src/files/tree/bodies.ts'
import { encodeBody } from '../../../src/files/tree/bodies.ts'
import type { NodeId, VersionId } from '../../../src/files/tree/node-ids.ts'
import { ROOT } from '../../../src/files/tree/node-ids.ts'
import type { Statement } from '../../../src/files/tree/statement.ts'
import { readStatement } from '../../../src/files/tree/statement.ts'
import type { Entry } from '../../../src/journal/entry-types.ts'
import { deviceOf, SPACE } from '../../support/projection-harness.ts'

const NOW = 1_763_900_000_000
const DEVICES = ['alice', 'bob', 'carol'].map(deviceOf)

/** The content of a small file that says `text`. */
export function contentOf(text: string): Content {
  const hash = createHash('sha256').update(text).digest('hex')
  const size = Buffer.byteLength(text)
  return { size, hash, level: 0, parts: size === 0 ? [] : [{ address: hash as ChunkAddress, size }] }
}

/** Anything that devices may say about a small tree, clocks wrong and all: what makes no sense included. */
export function anyStatements(random: Random, count: number): readonly Statement[] {
  const statements: Statement[] = []
  const nodes: NodeId[] = []
  const versions: VersionId[] = []
  const unheardOf = [0, 1].map(() => Buffer.from(random.bytes(16)).toString('base64url') as NodeId)
  const node = (): NodeId =>
    nodes.length === 0 || random.float() < 0.05 ? pick(random, unheardOf) : pick(random, nodes)
  const parent = (): NodeId => (random.float() < 0.2 ? ROOT : node())
  const name = (): string => pick(random, ['a', 'A', 'b', 'é', 'e\u0301', 'c.txt'])
  while (statements.length < count) {
    const draw = random.float()
    const content = contentOf(String(random.below(20)))
    const saying: Saying =
      draw < 0.2
        ? { kind: 'folder.create', parent: parent(), name: name() }
        : draw < 0.3
          ? { kind: 'file.create', parent: parent(), name: name(), content }
          : draw < 0.65
            ? { kind: 'file.move', node: node(), parent: parent() }
            : draw < 0.75
              ? { kind: 'file.delete', node: node() }
              : draw < 0.78
                ? { kind: 'file.purge', node: node() }
                : draw < 0.85
                  ? { kind: 'file.rename', node: node(), name: name() }
                  : draw < 0.88
                    ? { kind: 'folder.copies', node: node(), copies: random.below(3) + 1 }
                    : {
                        kind: 'file.version',
                        node: node(),
                        content,
                        replaces: versions.filter(() => random.float() < 0.3).slice(0, 5),
                      }
    const time = NOW + random.below(30)
    const body = encodeBody({ nonce: random.bytes(16), clock: { time, count: random.below(2) }, at: time, ...saying })
    const statement = readStatement(entryOf(pick(random, DEVICES), saying.kind, body, statements.length + 1))
    if (statement === undefined) throw new Error('a void statement')
    statements.push(statement)
    const id = Buffer.from(statement.id).toString('base64url')
    if (saying.kind === 'folder.create' || saying.kind === 'file.create') nodes.push(id as NodeId)
    if (saying.kind === 'file.version' || saying.kind === 'file.create') versions.push(id as VersionId)
  }
  return statements
}

export function entryOf(device: Entry['device'], kind: string, body: Uint8Array, sequence = 1): Entry {
  return {
    space: SPACE,
    journal: { device, incarnation: '0'.repeat(16), kind: 'data' },
    device,
    sequence,
    hash: new Uint8Array(32),
    lamport: sequence,
    time: NOW,
    kind,
    body,
    after: [],
    supersedes: [],
    own: false,
  }
}

export function shuffled<T>(random: Random, items: readonly T[]): readonly T[] {
  const all = [...items]
  for (let at = all.length - 1; at > 0; at--) {
    const other = random.below(at + 1)
    const [a, b] = [all[at], all[other]]
    if (a !== undefined && b !== undefined) [all[at], all[other]] = [b, a]
  }
  return all
}
