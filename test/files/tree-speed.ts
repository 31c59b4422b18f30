/** Prints what a tree of many files costs on a real disk: `node test/files/tree-speed.ts`. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { seededRandom } from '../../src/base/random.ts'
import type { Saying } from '../../src/files/tree/bodies.ts'
import { encodeBody } from '../../src/files/tree/bodies.ts'
import type { NodeId } from '../../src/files/tree/node-ids.ts'
import { idBytesOf, nodeIdOf, ROOT } from '../../src/files/tree/node-ids.ts'
import { TreeProjection } from '../../src/files/tree/tree-projection.ts'
import { TreeReader } from '../../src/files/tree/tree-reader.ts'
import type { Entry } from '../../src/journal/entry-types.ts'
import { LevelStore } from '../../src/store/level-store.ts'
import { Transaction } from '../../src/store/transaction.ts'
import { deviceOf } from '../support/projection-harness.ts'
import { contentOf, entryOf } from './tree/statements.ts'

const FOLDERS = 90
const FILES = 1000
const LARGE = 10_000
const MOVES = 10_000
const BATCH = 1000
const NOW = 1_763_900_000_000

const folder = await mkdtemp(join(tmpdir(), 'murmuration-tree-speed-'))
const store = new LevelStore({ folder })
await store.start()
const projection = new TreeProjection()
const reader = new TreeReader(store, () => 'a laptop')
const random = seededRandom(1)
const alice = deviceOf('alice')
let time = NOW

function say(saying: Saying): { readonly entry: Entry; readonly id: NodeId } {
  const clock = { time: time++, count: 0 }
  const body = encodeBody({ nonce: random.bytes(16), clock, at: clock.time, ...saying })
  return { entry: entryOf(alice, saying.kind, body), id: nodeIdOf(idBytesOf(alice, body)) }
}

async function apply(entries: readonly Entry[]): Promise<void> {
  for (let at = 0; at < entries.length; at += BATCH) {
    const transaction = new Transaction(store)
    const announce = await projection.apply(entries.slice(at, at + BATCH), transaction)
    await transaction.commit({ durable: false })
    announce()
  }
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const started = performance.now()
  const before = process.cpuUsage()
  await work()
  const { system, user } = process.cpuUsage(before)
  const wall = Math.round((performance.now() - started) * 10) / 10
  process.stdout.write(`${what.padEnd(60)} ${wall} ms, ${Math.round((system + user) / 100) / 10} ms of a core\n`)
}

const folders = Array.from({ length: FOLDERS }, (_, at) =>
  say({ kind: 'folder.create', parent: ROOT, name: `folder ${at}` }),
)
const large = say({ kind: 'folder.create', parent: ROOT, name: 'large' })
const file = (parent: NodeId, at: number) =>
  say({ kind: 'file.create', parent, name: `file ${at}.txt`, content: contentOf(String(at)) })
const files = [
  ...folders.flatMap(({ id }) => Array.from({ length: FILES }, (_, at) => file(id, at))),
  ...Array.from({ length: LARGE }, (_, at) => file(large.id, at)),
]
const first = folders[0]?.id ?? ROOT
const memory = (): string => `${Math.round(process.memoryUsage.rss() / 1e6)} MB resident`

await apply([...folders, large].map(({ entry }) => entry))
await timed(`${files.length} files made`, () => apply(files.map(({ entry }) => entry)))
process.stdout.write(`${memory()}\n`)
for (let turn = 0; turn < 3; turn++) {
  await timed(`a folder of ${FILES} listed`, () => reader.list(first))
  await timed(`a folder of ${LARGE} listed`, () => reader.list(large.id))
  await timed(`the first 200 of ${LARGE}`, () => reader.list(large.id, { limit: 200 }))
}
await timed('a path looked up', () => reader.lookUp('folder 7/file 500.txt'))
await timed('a search through all names, 1 found', () => reader.search('file 9999.txt'))
const moves = Array.from({ length: MOVES }, (_, at) => {
  const { id } = files[at * 7] ?? { id: ROOT }
  const parent = folders[at % FOLDERS]?.id ?? ROOT
  return say({ kind: 'file.move', node: id, parent })
})
const [late, early] = [moves.slice(MOVES / 2), moves.slice(0, MOVES / 2)]
await timed(`${late.length} moves`, () => apply(late.map(({ entry }) => entry)))
await timed(`${early.length} moves that belong before those`, () => apply(early.map(({ entry }) => entry)))
await timed('one move that belongs before all', async () => {
  time = NOW
  await apply([say({ kind: 'file.move', node: files[3]?.id ?? ROOT, parent: large.id }).entry])
})
process.stdout.write(`${memory()}\n`)
await store.stop()
await rm(folder, { recursive: true, force: true })
