/**
 * Fills the small disk that holds the folder in its argument, frees it and goes on; prints what it saw as JSON.
 * Runs in a mount namespace of its own (level-store-failures.net.test.ts).
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { codeOf } from '../../src/base/errors.ts'
import { seededRandom } from '../../src/base/random.ts'
import { uint32Key } from '../../src/store/keys.ts'
import { LevelStore } from '../../src/store/level-store.ts'

const [disk = ''] = process.argv.slice(2)
const ballast = join(disk, 'ballast')
const folder = join(disk, 'records')
const random = seededRandom(1)
const value = (): Uint8Array => random.bytes(30_000)

writeFileSync(ballast, new Uint8Array(12_000_000))
let store = new LevelStore({ folder })
await store.start()

const kept: number[] = []
const refused: number[] = []
const codes = new Set<string>()
let next = 0

async function write(durable: boolean): Promise<void> {
  const number = next++
  try {
    await store.write([{ type: 'put', key: uint32Key(number), value: value() }], { durable })
    kept.push(number)
  } catch (error) {
    refused.push(number)
    codes.add(codeOf(error))
  }
}

async function check(): Promise<{ lost: number[]; ghosts: number[] }> {
  const lost: number[] = []
  const ghosts: number[] = []
  for (const number of kept) if ((await store.get(uint32Key(number))) === undefined) lost.push(number)
  for (const number of refused) if ((await store.get(uint32Key(number))) !== undefined) ghosts.push(number)
  return { lost, ghosts }
}

for (let i = 0; i < 3; i++) await write(true)
// A view from before the disk was full, which goes on after the store was opened anew.
const view = store.entries({ gte: uint32Key(0), lt: uint32Key(0xffffffff) })[Symbol.asyncIterator]()
await view.next()

while (refused.length < 5 && next < 2000) await write(next % 2 === 0)
const whileFull = await check()
const keptBefore = kept.length

rmSync(ballast)
for (let i = 0; i < 20; i++) await write(i % 2 === 0)
const keptAfter = kept.length - keptBefore
const onceFreed = await check()

let seen = 1
while ((await view.next()).done !== true) seen++

await store.stop()
store = new LevelStore({ folder })
await store.start()
const reopened = await check()
await store.stop()

process.stdout.write(
  `${JSON.stringify({ codes: [...codes], keptBefore, keptAfter, seenAll: seen === kept.length, whileFull, onceFreed, reopened, repaired: store.repair !== undefined })}\n`,
)
