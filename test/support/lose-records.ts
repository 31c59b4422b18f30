import { utf8 } from '../../src/base/bytes.ts'
import type { Random } from '../../src/base/random.ts'
import type { MemoryDisk, Operation } from '../../src/store/index.ts'
import { MemoryStore } from '../../src/store/index.ts'

/** Takes every eighth record from a disk that nobody has open, as damage does. Returns how many. */
export async function loseRecords(disk: MemoryDisk, random: Random): Promise<number> {
  const store = new MemoryStore(disk)
  await store.start()
  const lost: Operation[] = []
  for await (const [key] of store.entries({ gte: utf8('a'), lt: utf8('zz') })) {
    if (random.below(8) === 0) lost.push({ type: 'delete', key })
  }
  await store.write(lost, { durable: true })
  await store.stop()
  return lost.length
}
