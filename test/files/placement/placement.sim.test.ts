import { describe, expect, test } from 'vitest'

import { utf8 } from '../../../src/base/bytes.ts'
import type { DeviceId } from '../../../src/base/ids.ts'
import type { Random } from '../../../src/base/random.ts'
import { pick, seededRandom } from '../../../src/base/random.ts'
import type { ChunkAddress } from '../../../src/files/content/parts.ts'
import { addressOf } from '../../../src/files/content/parts.ts'
import { taskAmong, wantedHolders } from '../../../src/files/placement/plan.ts'
import type { StoringMachine } from '../../../src/files/placement/rank.ts'
import { Ranking, storing } from '../../../src/files/placement/rank.ts'

const GB = 1e9
const COPIES = 3
const GRACE = 10
const MACHINES = 1000
const CHUNKS = 600

interface Chunk {
  readonly address: ChunkAddress
  /** Who has its bytes, whether there or away. */
  readonly holders: Set<DeviceId>
}

/** Machines and what they hold. Each acts by the plan alone, on what it can see. */
class Swarm {
  readonly random: Random
  readonly machines = new Map<DeviceId, StoringMachine>()
  readonly chunks: readonly Chunk[]
  /** Copies that were moved; all chunks count alike. */
  moved = 0
  released = 0
  now = 0
  #made = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.chunks = Array.from({ length: CHUNKS }, (_, index) => ({
      address: addressOf(utf8(`${seed} ${index}`)),
      holders: new Set<DeviceId>(),
    }))
    for (let index = 0; index < MACHINES; index++) this.join()
    const ranking = new Ranking([...this.machines.values()])
    for (const { address, holders } of this.chunks) {
      for (const { device } of wantedHolders({ chunk: address, copies: COPIES, holders }, ranking)) holders.add(device)
    }
  }

  join(): StoringMachine {
    const name = `m${this.#made++}`
    // Most people have one machine or two, some have many.
    const owner = `p${Math.floor(this.random.float() ** 2 * 600)}`
    const offered = (5 + this.random.below(46)) * GB
    const machine: StoringMachine = { device: name as DeviceId, owner, offered }
    this.machines.set(machine.device, machine)
    return machine
  }

  /** Gone with its disk. */
  fail(device: DeviceId): void {
    this.machines.delete(device)
    for (const { holders } of this.chunks) holders.delete(device)
  }

  leave(device: DeviceId): void {
    const machine = this.machines.get(device)
    if (machine !== undefined) this.machines.set(device, { ...machine, awaySince: this.now })
  }

  comeBack(device: DeviceId): void {
    const { awaySince: _, ...machine } = this.machines.get(device) ?? { awaySince: 0 }
    if ('device' in machine) this.machines.set(device, machine)
  }

  /** Everybody who is there does what the plan says; `side`: only these see each other. */
  repair(side: (device: DeviceId) => boolean = () => true): void {
    const view = [...this.machines.values()].map((machine) =>
      side(machine.device) || machine.awaySince !== undefined ? machine : { ...machine, awaySince: this.#cutSince },
    )
    const ranking = new Ranking(storing(view, { now: this.now, grace: GRACE }))
    const isThere = (device: DeviceId): boolean => side(device) && this.machines.get(device)?.awaySince === undefined
    for (const { address, holders } of this.chunks) {
      const wanted = wantedHolders({ chunk: address, copies: COPIES, holders }, ranking)
      const sources = [...holders].filter(isThere)
      for (const { device } of wanted) {
        if (!isThere(device) || taskAmong(device, holders, wanted).type !== 'fetch') continue
        if (sources.length === 0) continue
        holders.add(device)
        this.moved++
      }
      for (const device of sources) {
        const task = taskAmong(device, holders, wanted)
        // A proof is given by whoever is there.
        if (task.type !== 'release' || !task.proofs.every((proof) => holders.has(proof) && isThere(proof))) continue
        holders.delete(device)
        this.released++
      }
    }
  }

  #cutSince = 0
  cut(): void {
    this.#cutSince = this.now
  }

  /** Copies that a machine holds. */
  heldBy(device: DeviceId): number {
    return this.chunks.filter(({ holders }) => holders.has(device)).length
  }

  get fewestCopies(): number {
    return Math.min(...this.chunks.map(({ holders }) => holders.size))
  }

  anybody(): DeviceId {
    return pick(
      this.random,
      [...this.machines.values()].filter(({ awaySince }) => awaySince === undefined),
    ).device
  }
}

describe('placement over 1,000 machines', () => {
  test('F16 F18 machines come and fail, two at a time: nothing is lost, and hardly more is moved than must be', () => {
    const swarm = new Swarm(1)
    expect(swarm.fewestCopies).toBe(COPIES)
    let least = 0
    for (let turn = 0; turn < 40; turn++) {
      swarm.now += 1000
      // Within one repair time.
      for (let failing = 0; failing < 2; failing++) {
        const device = swarm.anybody()
        least += swarm.heldBy(device)
        swarm.fail(device)
      }
      expect(swarm.fewestCopies).toBeGreaterThanOrEqual(1)
      for (let joining = 0; joining < 2; joining++) {
        const { offered } = swarm.join()
        const all = [...swarm.machines.values()].reduce((sum, machine) => sum + machine.offered, 0)
        least += (CHUNKS * COPIES * offered) / all
      }
      swarm.repair()
      expect(swarm.fewestCopies).toBe(COPIES)
    }
    expect(swarm.chunks.every(({ holders }) => holders.size === COPIES)).toBe(true)
    expect(swarm.moved / least).toBeLessThan(1.3)
  })

  test('F17 F18 machines away for less than the grace time move nothing; longer ones are made good, and released on return', () => {
    const swarm = new Swarm(2)
    const away = Array.from({ length: 20 }, () => swarm.anybody())
    for (const device of away) swarm.leave(device)
    swarm.now += GRACE
    swarm.repair()
    expect([swarm.moved, swarm.released]).toEqual([0, 0])
    const held = new Set(away)
    const lacking = swarm.chunks.reduce(
      (sum, { holders }) => sum + [...holders].filter((one) => held.has(one)).length,
      0,
    )
    swarm.now += 1
    swarm.repair()
    // A chunk all of whose copies are away can't be copied before one is back.
    const lost = swarm.chunks.filter(({ holders }) => [...holders].every((one) => held.has(one))).length
    expect(lost).toBe(0)
    expect(swarm.moved).toBe(lacking)
    for (const device of away) swarm.comeBack(device)
    swarm.repair()
    expect(swarm.moved).toBe(lacking)
    expect(swarm.released).toBe(lacking)
    expect(swarm.chunks.every(({ holders }) => holders.size === COPIES)).toBe(true)
  })

  test('F17 F18 a partition in two halves: a short one moves nothing, and a healed one leaves no file below its copies', () => {
    const swarm = new Swarm(3)
    const left = (device: DeviceId): boolean => Number(device.slice(1)) % 2 === 0
    const right = (device: DeviceId): boolean => !left(device)
    swarm.cut()
    swarm.now += GRACE
    swarm.repair(left)
    swarm.repair(right)
    expect([swarm.moved, swarm.released]).toEqual([0, 0])
    for (let turn = 0; turn < 3; turn++) {
      swarm.now += GRACE
      swarm.repair(left)
      swarm.repair(right)
      expect(swarm.fewestCopies).toBeGreaterThanOrEqual(COPIES)
    }
    const whole = swarm.chunks.filter(({ holders }) => [...holders].some(left) && [...holders].some(right))
    for (const { holders } of whole) {
      expect([...holders].filter(left).length).toBeGreaterThanOrEqual(COPIES)
      expect([...holders].filter(right).length).toBeGreaterThanOrEqual(COPIES)
    }
    swarm.repair()
    expect(swarm.chunks.every(({ holders }) => holders.size === COPIES)).toBe(true)
  })
})
