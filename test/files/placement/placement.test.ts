import { describe, expect, test } from 'vitest'

import { utf8 } from '../../../src/base/bytes.ts'
import type { DeviceId } from '../../../src/base/ids.ts'
import type { ChunkAddress } from '../../../src/files/content/parts.ts'
import { addressOf } from '../../../src/files/content/parts.ts'
import { copiesWithout, taskOf, wantedHolders } from '../../../src/files/placement/plan.ts'
import type { StoringMachine } from '../../../src/files/placement/rank.ts'
import { Ranking, storing } from '../../../src/files/placement/rank.ts'

const GB = 1e9

function chunkOf(index: number): ChunkAddress {
  return addressOf(utf8(`chunk ${index}`))
}

function machine(name: string, offered = 10 * GB, owner = name): StoringMachine {
  return { device: name as DeviceId, owner, offered }
}

function rank(chunk: ChunkAddress, machines: readonly StoringMachine[], most: number): readonly StoringMachine[] {
  return new Ranking(machines).first(chunk, most)
}

const many = Array.from({ length: 20 }, (_, index) => machine(`m${index}`))

describe('ranks', () => {
  test('F16 the same everywhere, whatever order machines are listed in', () => {
    const devices = (machines: readonly StoringMachine[]) => rank(chunkOf(1), machines, 5).map(({ device }) => device)
    expect(devices([...many].reverse())).toEqual(devices(many))
    expect(devices(many)).toEqual(['m10', 'm5', 'm9', 'm13', 'm16'])
  })

  test('F16 each machine gets its share by what it offers', () => {
    const machines = [machine('small', 10 * GB), machine('middle', 20 * GB), machine('large', 70 * GB)]
    const held = new Map<string, number>()
    for (let index = 0; index < 20_000; index++) {
      const [first] = rank(chunkOf(index), machines, 1)
      held.set(first?.device ?? '', (held.get(first?.device ?? '') ?? 0) + 1)
    }
    expect((held.get('small') ?? 0) / 20_000).toBeCloseTo(0.1, 1.5)
    expect((held.get('middle') ?? 0) / 20_000).toBeCloseTo(0.2, 1.5)
    expect((held.get('large') ?? 0) / 20_000).toBeCloseTo(0.7, 1.5)
  })

  test('F16 a machine that leaves or comes moves its own copies and no others', () => {
    const without = many.filter(({ device }) => device !== 'm3')
    for (let index = 0; index < 500; index++) {
      const before = rank(chunkOf(index), many, 3).map(({ device }) => device as string)
      const after = rank(chunkOf(index), without, 3).map(({ device }) => device as string)
      expect(after.filter((device) => !before.includes(device)).length).toBe(before.includes('m3') ? 1 : 0)
    }
  })

  test('F16 nobody gets a second copy while somebody has none', () => {
    const machines = [
      ...Array.from({ length: 8 }, (_, index) => machine(`a${index}`, 100 * GB, 'alice')),
      machine('b', GB, 'bob'),
      machine('c', GB, 'carol'),
    ]
    for (let index = 0; index < 200; index++) {
      const owners = rank(chunkOf(index), machines, 4).map(({ owner }) => owner)
      expect(new Set(owners.slice(0, 3))).toEqual(new Set(['alice', 'bob', 'carol']))
      expect(owners[3]).toBe('alice')
    }
  })

  test('F17 who is away counts until the grace time is over; who offers nothing never does', () => {
    const machines = [machine('a'), { ...machine('b'), awaySince: 1000 }, machine('c', 0)]
    const devices = (now: number) => storing(machines, { now, grace: 500 }).map(({ device }) => device)
    expect(devices(1500)).toEqual(['a', 'b'])
    expect(devices(1501)).toEqual(['a'])
  })
})

describe('tasks', () => {
  const chunk = chunkOf(1)
  const first = rank(chunk, many, 3).map(({ device }) => device)
  const other = many.map(({ device }) => device).find((device) => !first.includes(device)) ?? ('' as DeviceId)
  const [one, two, three] = first as [DeviceId, DeviceId, DeviceId]
  const known = (...holders: readonly DeviceId[]) => ({ chunk, copies: 3, holders: new Set(holders) })

  test('F18 the first ranks fetch what they lack and keep what they have', () => {
    expect(taskOf(one, known(two), new Ranking(many))).toEqual({ type: 'fetch' })
    expect(taskOf(two, known(two), new Ranking(many))).toEqual({ type: 'keep' })
    expect(taskOf(other, known(two), new Ranking(many))).toEqual({ type: 'nothing' })
  })

  test('F18 others release only after each of the first ranks has proved its copy', () => {
    expect(taskOf(other, known(other, one, two), new Ranking(many))).toEqual({ type: 'keep' })
    expect(taskOf(other, known(other, one, two, three), new Ranking(many))).toEqual({
      type: 'release',
      proofs: [one, two, three],
    })
    expect(taskOf(other, known(other), new Ranking([]))).toEqual({ type: 'keep' })
  })

  test('F18 a full machine is passed over for what it lacks, and stays where it has it', () => {
    const machines = many.map((each) => (each.device === one ? { ...each, full: true } : each))
    expect(wantedHolders(known(two), new Ranking(machines)).map(({ device }) => device)).not.toContain(one)
    expect(wantedHolders(known(one, two), new Ranking(machines)).map(({ device }) => device)).toContain(one)
    expect(taskOf(one, known(two), new Ranking(machines))).toEqual({ type: 'nothing' })
    expect(taskOf(one, known(one), new Ranking(machines))).toEqual({ type: 'keep' })
  })

  test('F18 with fewer machines than copies each holds one', () => {
    const machines = many.slice(0, 2)
    for (const { device } of machines) expect(taskOf(device, known(), new Ranking(machines))).toEqual({ type: 'fetch' })
  })

  test('F18 shutting a machine down leaves the copies of the others that are there', () => {
    expect(copiesWithout(one, new Set([one, two, 'gone' as DeviceId]), many)).toBe(1)
  })
})
