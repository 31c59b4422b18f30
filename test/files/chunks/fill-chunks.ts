/** Puts chunks until it is killed; prints the addresses of those that are safe. Arguments: folder, seed. */
import { join } from 'node:path'

import { systemClock } from '../../../src/base/clock.ts'
import { seededRandom } from '../../../src/base/random.ts'
import { ChunkStore } from '../../../src/files/chunks/chunk-store.ts'
import { addressOf } from '../../../src/files/content/parts.ts'
import { LevelStore } from '../../../src/store/level-store.ts'

const [folder = '', seed = '1'] = process.argv.slice(2)
const records = new LevelStore({ folder: join(folder, 'records') })
await records.start()
const store = new ChunkStore({
  folder: join(folder, 'chunks'),
  records,
  clock: systemClock,
  offered: () => Number.MAX_SAFE_INTEGER,
})
await store.start()
const random = seededRandom(Number(seed))
for (let files = 0; ; files++) {
  const addresses: string[] = []
  for (let chunk = 0; chunk < 4; chunk++) {
    const bytes = random.bytes(random.below(60_000))
    const address = addressOf(bytes)
    await store.put(address, bytes, 'own')
    addresses.push(address)
    // Some go again, in the middle of everything.
    if (files % 3 === 2 && chunk === 0) {
      await store.release(address)
      addresses.pop()
    }
  }
  await store.sync()
  process.stdout.write(`${addresses.join(' ')}\n`)
}
