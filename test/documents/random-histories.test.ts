import { describe, expect, test } from 'vitest'

import type { DocumentId } from '../../src/base/ids.ts'
import type { Random } from '../../src/base/random.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { Written } from '../support/projection-harness.ts'
import { World } from '../support/projection-harness.ts'
import type { DocumentMachine } from './writers.ts'
import {
  canonical,
  checkpoint,
  docOn,
  editAtRandom,
  machineIn,
  RICH,
  shown,
  TEXT,
  waitingOn,
  Writer,
} from './writers.ts'

interface History {
  readonly world: World
  readonly machines: readonly DocumentMachine[]
}

/** Three people, now together and now apart, with checkpoints in between; then all is brought together. */
async function live(seed: number, document: DocumentId, steps: number): Promise<History> {
  const random = seededRandom(seed)
  const world = new World()
  const machines = [await machineIn(world, 'alice'), await machineIn(world, 'bob'), await machineIn(world, 'carol')]
  const writers = machines.map((machine) => new Writer(machine, document))
  for (let step = 0; step < steps; step++) {
    const index = random.below(machines.length)
    const machine = machines[index]
    const writer = writers[index]
    if (machine === undefined || writer === undefined) continue
    const choice = random.below(12)
    if (choice === 0) await checkpoint(machine, document, random.below(3) === 0 ? 3 : Infinity)
    else if (choice < 3) {
      await machine.catchUp(random)
      await writer.sync()
    } else await editAtRandom(writer, random)
  }
  for (const machine of machines) await machine.catchUp(random)
  for (const writer of writers) {
    await writer.sync()
    // Nothing that an honest editor makes is taken for harmful.
    expect(shown(writer.doc), `seed ${seed}`).toBe(shown(await docOn(writer.machine, document)))
  }
  for (const machine of machines) await machine.catchUp(random)
  return { world, machines }
}

async function expectSame(machines: readonly DocumentMachine[], document: DocumentId, seed: number): Promise<void> {
  const docs = await Promise.all(machines.map(async (machine) => await docOn(machine, document)))
  const [first, ...others] = docs
  if (first === undefined) return
  for (const [i, other] of others.entries()) {
    expect(
      shown(other),
      `seed ${seed} machine ${i + 1} waits ${await waitingOn(machines[i + 1] as DocumentMachine, document)} voids ${JSON.stringify([...(machines[i + 1]?.projection.voided ?? [])])}`,
    ).toBe(shown(first))
    expect(canonical(other), `seed ${seed}`).toBe(canonical(first))
  }
  for (const machine of machines) {
    expect(await waitingOn(machine, document), `seed ${seed}`).toBe(0)
    expect([...machine.projection.voided], `seed ${seed}`).toEqual([])
  }
}

async function latecomer(world: World, random: Random, stubs?: ReadonlySet<Written>): Promise<DocumentMachine> {
  const machine = await machineIn(world, `late ${random.below(1e9)}`)
  await machine.catchUp(random, { stubs, maxBatch: 1 + random.below(20) })
  return machine
}

describe.each([
  ['text', TEXT],
  ['rich', RICH],
] as const)('random histories of %s documents', (_kind, document) => {
  for (let seed = 1; seed <= 40; seed++) {
    test(`D20 come out the same on every machine, with everything or with checkpoints alone (seed ${seed})`, async () => {
      const { machines, world } = await live(seed, document, 70)
      const random = seededRandom(seed + 1000)
      const stubs = new Set(machines.flatMap((machine) => [...machine.stubs]))
      const full = await latecomer(world, random)
      const late = await latecomer(world, random, stubs)
      await expectSame([...machines, full, late], document, seed)
    })
  }
})
