import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { concatBytes } from '../../src/base/bytes.ts'
import { uint32Key } from '../../src/store/keys.ts'
import { LevelStore } from '../../src/store/level-store.ts'
import { checkLeaks } from '../support/leak-check.ts'
import { startProcess } from '../support/processes.ts'
import { describeWith } from '../support/requires.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const WRITER = join(import.meta.dirname, 'level-writer.ts')
const SCENARIO = join(import.meta.dirname, 'full-disk-scenario.ts')
const ROUNDS = 15

test('no acknowledged write is lost over 15 kills with -9, and no batch is torn', { timeout: 60_000 }, async () => {
  checkLeaks()
  const folder = join(await temporaryFolder('store'), 'records')
  const acknowledged = new Set<number>()
  let next = 0
  for (let round = 0; round < ROUNDS; round++) {
    const writer = startProcess([WRITER, folder, String(next)])
    await writer.line(() => writer.lines.length > 20 + round * 17)
    await writer.kill9()
    for (const line of writer.lines) acknowledged.add(Number(line))
    next = Math.max(...acknowledged) + 100

    const store = new LevelStore({ folder })
    await store.start()
    expect(store.repair).toBeUndefined()
    const lost: number[] = []
    for (const number of acknowledged) {
      const [first, second] = await store.getMany([
        concatBytes(Uint8Array.of(1), uint32Key(number)),
        concatBytes(Uint8Array.of(2), uint32Key(number)),
      ])
      if (first?.length !== 4 + ((number * 7919) % 40_000) || second === undefined) lost.push(number)
    }
    expect(lost).toEqual([])
    const halves: number[] = []
    for (const half of [1, 2]) {
      let count = 0
      for await (const _ of store.entries({ gte: Uint8Array.of(half), lt: Uint8Array.of(half + 1) })) count++
      halves.push(count)
    }
    expect(halves[0]).toBe(halves[1])
    await store.stop()
  }
  expect(acknowledged.size).toBeGreaterThan(ROUNDS * 100)
})

test('a folder that another process has open is refused, names that process, and frees up when it dies', async () => {
  checkLeaks()
  const folder = join(await temporaryFolder('store'), 'records')
  const writer = startProcess([WRITER, folder])
  await writer.line()
  const store = new LevelStore({ folder })
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(store.start()).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      message: `another Murmuration is running on ${folder} (process ${writer.pid}); stop it or choose another --data-dir`,
    })
  }
  await writer.kill9()
  await store.start()
  await store.stop()
})

test('a refused second opening in one process does not give the folder away to others', async () => {
  const folder = join(await temporaryFolder('store'), 'records')
  const store = new LevelStore({ folder })
  await store.start()
  await expect(new LevelStore({ folder }).start()).rejects.toMatchObject({ code: 'STORE_LOCKED' })
  const other = startProcess([WRITER, folder])
  expect(await other.exited).not.toMatchObject({ code: 0 })
  expect(other.stderr).toContain('another Murmuration is running')
  await store.stop()
})

describeWith('mounts')('a full disk', () => {
  test('loses nothing acknowledged, keeps nothing refused, and is used again once there is space', async () => {
    checkLeaks()
    const disk = join(await temporaryFolder('store'), 'disk')
    mkdirSync(disk)
    // In a mount namespace of its own: the small disk goes when the process does.
    const script = 'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$1" "$2" "$0"'
    const scenario = startProcess(['-c', script, disk, process.execPath, SCENARIO], {
      wrapper: ['unshare', '-m'],
      command: 'sh',
    })
    await scenario.succeeded()
    expect(scenario.values[0]).toMatchObject({
      codes: ['STORE_FULL'],
      keptAfter: 20,
      seenAll: true,
      whileFull: { lost: [], ghosts: [] },
      onceFreed: { lost: [], ghosts: [] },
      reopened: { lost: [], ghosts: [] },
      repaired: false,
    })
  })
})
