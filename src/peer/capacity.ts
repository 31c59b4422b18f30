import { statfs } from 'node:fs/promises'
import { availableParallelism, freemem, loadavg, platform, totalmem } from 'node:os'

import type { Capacity } from '../api/contract/index.ts'

/** What this machine has, and has free, as its system says. */
export async function measureCapacity(folder: string): Promise<Capacity> {
  const disk = await statfs(folder)
  const cores = availableParallelism()
  return {
    cores,
    load: Math.min(1, (loadavg()[0] ?? 0) / cores),
    memoryBytes: totalmem(),
    memoryFreeBytes: freemem(),
    diskBytes: disk.blocks * disk.bsize,
    diskFreeBytes: disk.bavail * disk.bsize,
    platform: platform(),
  }
}
