import { ClassicLevel } from 'classic-level'

import { uint64Key } from '../../src/store/keys.ts'
import { serveCommands } from './serve-commands.ts'
import { sharedNow } from './statistics.ts'

const BATCH = 500

/** LevelDB alone: what writing costs that nobody signs, sends, verifies, orders or shows. */
const commands = {
  async write({ bytes, count, folder }: { readonly bytes: number; readonly count: number; readonly folder: string }) {
    const level = new ClassicLevel<Uint8Array, Uint8Array>(folder, { keyEncoding: 'view', valueEncoding: 'view' })
    await level.open()
    const value = new Uint8Array(bytes).map((_, index) => (index * 31) % 251)
    const startedAt = sharedNow()
    for (let start = 0; start < count; start += BATCH) {
      const operations = Array.from({ length: BATCH }, (_, index) => ({
        type: 'put' as const,
        key: uint64Key(start + index),
        value,
      }))
      await level.batch(operations)
    }
    const took = sharedNow() - startedAt
    await level.close()
    return { took }
  },
} as const

export type RecordsCommands = typeof commands

serveCommands(commands, async () => {
  await Promise.resolve()
})
