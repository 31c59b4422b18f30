/** Prints how fast files are cut beside plain SHA-256, and how many chunks a byte put in costs: `node test/files/chunking-speed.ts`. */
import { createCipheriv, createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { systemClock } from '../../src/base/clock.ts'
import { ChunkStore } from '../../src/files/chunks/chunk-store.ts'
import { Chunker } from '../../src/files/content/chunker.ts'
import { addressOf } from '../../src/files/content/parts.ts'
import { splitContent } from '../../src/files/content/split.ts'
import { LevelStore } from '../../src/store/level-store.ts'

const MEGABYTE = 1e6
const SIZE = Number(process.argv[2] ?? 256) * MEGABYTE
const READ_BYTES = 64 * 1024

/** Bytes that say nothing, the same each time. */
const bytes = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16)).update(Buffer.alloc(SIZE))

function* read(data: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < data.length; at += READ_BYTES) yield data.subarray(at, at + READ_BYTES)
}

function cut(data: Uint8Array): Uint8Array[] {
  const chunker = new Chunker()
  const chunks: Uint8Array[] = []
  for (const piece of read(data)) chunks.push(...chunker.push(piece))
  const last = chunker.end()
  if (last !== undefined) chunks.push(last)
  return chunks
}

async function time(what: string, work: () => unknown): Promise<void> {
  const before = process.cpuUsage()
  await work()
  // Time of the processor: other work on the machine makes it no slower.
  const { system, user } = process.cpuUsage(before)
  const seconds = (system + user) / 1e6
  process.stdout.write(`${what.padEnd(44)} ${Math.round(SIZE / MEGABYTE / seconds)} MB for each second of a core\n`)
}

for (let turn = 0; turn < 2; turn++) {
  await time('plain SHA-256', () => {
    const hash = createHash('sha256')
    for (const piece of read(bytes)) hash.update(piece)
    return hash.digest()
  })
  await time('cutting alone', () => {
    const chunker = new Chunker()
    for (const piece of read(bytes)) for (const chunk of chunker.push(piece)) void chunk
  })
  await time('cutting, each chunk and the whole hashed', () => splitContent(read(bytes), () => Promise.resolve()))
}

const folder = await mkdtemp(join(tmpdir(), 'murmuration-chunking-speed-'))
const records = new LevelStore({ folder: join(folder, 'records') })
await records.start()
const store = new ChunkStore({ folder: join(folder, 'chunks'), records, clock: systemClock, offered: () => SIZE })
await store.start()
const started = performance.now()
await time('the same, and kept on disk', async () => {
  await splitContent(read(bytes), async (address, chunk) => {
    await store.put(address, chunk, 'own')
  })
  await store.sync()
})
const seconds = (performance.now() - started) / 1000
process.stdout.write(`${' '.repeat(45)}${Math.round(SIZE / MEGABYTE / seconds)} MB a second in all, disk included\n`)
await records.stop()
await rm(folder, { recursive: true, force: true })

const before = new Set(cut(bytes).map(addressOf))
const middle = Math.floor(SIZE / 2)
const after = cut(Buffer.concat([bytes.subarray(0, middle), Buffer.of(1), bytes.subarray(middle)]))
const fresh = after.filter((chunk) => !before.has(addressOf(chunk)))
process.stdout.write(
  `a byte put into the middle: ${after.length - fresh.length} of ${after.length} chunks found again, ` +
    `${Math.round(fresh.reduce((sum, chunk) => sum + chunk.length, 0) / 1024)} KiB to send\n` +
    `average chunk ${Math.round(SIZE / before.size / 1024)} KiB\n`,
)
