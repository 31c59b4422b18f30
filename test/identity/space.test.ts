import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { concatBytes, toHex, utf8 } from '../../src/base/bytes.ts'
import { sha256 } from '../../src/base/hash.ts'
import type { DeviceId, SpaceId } from '../../src/base/ids.ts'
import { deviceKeyFromSeed, publicKeyOf } from '../../src/identity/index.ts'
import type { RosterEntry } from '../../src/identity/roster/index.ts'
import type { SpaceAct } from '../../src/identity/space/index.ts'
import { channelSpace, directSpace, encodeSpaceAct, resolveSpace } from '../../src/identity/space/index.ts'

const deviceOf = (name: string): DeviceId => deviceKeyFromSeed(sha256(utf8(name))).device
const NAMES = ['alice', 'bob', 'carol', 'dave'] as const
const [alice, bob, carol, dave] = NAMES.map(deviceOf) as [DeviceId, DeviceId, DeviceId, DeviceId]
/** A second machine of bob's. */
const bobsDesk = deviceOf("bob's desk")
const swarm = Buffer.alloc(32, 7).toString('base64url') as SpaceId
const nonce = new Uint8Array(32).fill(3)
const channel = channelSpace(swarm, alice, nonce)
const personOf = (device: DeviceId): DeviceId | undefined =>
  device === bobsDesk ? bob : [alice, bob, carol, dave].includes(device) ? device : undefined

type Said = SpaceAct extends infer A ? (A extends SpaceAct ? Omit<A, 'id'> : never) : never

/** Writes acts as devices do: each after all that it names. */
class History {
  readonly entries: RosterEntry[] = []
  readonly #heads = new Map<DeviceId, RosterEntry>()

  say(device: DeviceId, act: Said, after: readonly RosterEntry[] = this.entries): RosterEntry {
    const last = this.#heads.get(device)
    const causes = [...new Set([...after, ...(last === undefined ? [] : [last])])]
    const sequence = (last?.sequence ?? 0) + 1
    const id = sha256(utf8(`${device} ${this.entries.length}`)).subarray(0, 16)
    const body = encodeSpaceAct({ ...act, id })
    const hash = sha256(
      concatBytes(publicKeyOf(device), body, utf8(String(sequence)), ...causes.map((one) => one.hash)),
    )
    const lamport = 1 + Math.max(0, ...causes.map((one) => one.lamport))
    const incarnation = '0000000000000001'
    const entry = {
      device,
      incarnation,
      kind: act.kind,
      sequence,
      hash,
      lamport,
      after: causes.map((one) => one.hash),
      body,
    }
    this.#heads.set(device, entry)
    this.entries.push(entry)
    return entry
  }

  cuts(device: DeviceId) {
    const head = this.#heads.get(device)
    if (head === undefined) return []
    const { hash, incarnation, sequence } = head
    return [{ device, incarnation, journal: 'members' as const, sequence, hash }]
  }
}

const resolved = (entries: readonly RosterEntry[], space: SpaceId = channel) =>
  resolveSpace(entries, { space, swarm, personOf })
const peopleOf = (entries: readonly RosterEntry[], space?: SpaceId): readonly string[] => {
  const found = resolved(entries, space)
  return [...(found?.people ?? [])].map((person) => NAMES[[alice, bob, carol, dave].indexOf(person)] ?? '?').sort()
}

const founded = (people: readonly DeviceId[] = [alice, bob]): History => {
  const history = new History()
  history.say(alice, { kind: 'space.found', people: [...people].sort(), channel: { name: 'plans', nonce } })
  return history
}

describe('P1 P3 founding', () => {
  test('P1 a direct space is the same whoever names it, and belongs to its people alone', () => {
    expect(directSpace(swarm, [alice, bob])).toBe(directSpace(swarm, [bob, alice]))
    const space = directSpace(swarm, [alice, bob])
    const history = new History()
    history.say(bob, { kind: 'space.found', people: [alice, bob].sort() })
    expect(peopleOf(history.entries, space)).toEqual(['alice', 'bob'])
  })

  test('P3 nobody founds what is not named by its people, or by their key', () => {
    const history = new History()
    history.say(carol, { kind: 'space.found', people: [alice, bob, carol].sort() })
    expect(resolved(history.entries, directSpace(swarm, [alice, bob]))).toBeUndefined()
    const other = new History()
    other.say(bob, { kind: 'space.found', people: [bob, carol].sort(), channel: { name: 'plans', nonce } })
    expect(resolved(other.entries)).toBeUndefined()
  })

  test('P3 in a direct space nothing else is said', () => {
    const space = directSpace(swarm, [alice, bob])
    const history = new History()
    history.say(alice, { kind: 'space.found', people: [alice, bob].sort() })
    history.say(alice, { kind: 'space.add', person: carol })
    history.say(bob, { kind: 'space.leave', cuts: [] })
    expect(peopleOf(history.entries, space)).toEqual(['alice', 'bob'])
  })
})

describe('P4 people come and go', () => {
  test('P4 those who belong add others and rename; strangers do not', () => {
    const history = founded()
    history.say(dave, { kind: 'space.add', person: dave })
    history.say(dave, { kind: 'space.rename', name: "dave's" })
    history.say(bobsDesk, { kind: 'space.add', person: carol })
    history.say(carol, { kind: 'space.rename', name: 'party' })
    expect(peopleOf(history.entries)).toEqual(['alice', 'bob', 'carol'])
    expect(resolved(history.entries)?.name).toBe('party')
  })

  test('P4 only the founder removes others, and nobody the founder', () => {
    const history = founded([alice, bob, carol])
    history.say(bob, { kind: 'space.remove', person: carol, cuts: [] })
    history.say(carol, { kind: 'space.remove', person: alice, cuts: [] })
    expect(peopleOf(history.entries)).toEqual(['alice', 'bob', 'carol'])
    history.say(alice, { kind: 'space.remove', person: bob, cuts: history.cuts(bob) })
    expect(peopleOf(history.entries)).toEqual(['alice', 'carol'])
  })

  test('P4 who left, or was removed, comes back when somebody adds them', () => {
    const history = founded([alice, bob, carol])
    history.say(bob, { kind: 'space.leave', cuts: history.cuts(bob) })
    expect([peopleOf(history.entries), [...(resolved(history.entries)?.left ?? [])]]).toEqual([
      ['alice', 'carol'],
      [bob],
    ])
    history.say(carol, { kind: 'space.add', person: bob })
    expect(peopleOf(history.entries)).toEqual(['alice', 'bob', 'carol'])
  })
})

describe('P5 cuts', () => {
  const place = (entry: RosterEntry) => ({ ...entry, journal: 'data' as const })

  test('P5 what a removed person says beyond the cut says nothing, in another branch of the journal as well', () => {
    const history = founded([alice, bob, carol])
    const before = [...history.entries]
    const cuts = history.cuts(bob)
    history.say(alice, { kind: 'space.remove', person: bob, cuts })
    // bob does not know, or says he does not
    history.say(bob, { kind: 'space.add', person: dave }, before)
    expect(peopleOf(history.entries)).toEqual(['alice', 'carol'])
  })

  test('P5 data counts up to the cut and no further', () => {
    const history = founded([alice, bob])
    const hash = sha256(utf8('an entry'))
    const at = (sequence: number) => ({
      device: bob,
      incarnation: '0000000000000001',
      journal: 'data' as const,
      sequence,
      hash,
    })
    const cut = { device: bob, incarnation: '0000000000000001', journal: 'data' as const, sequence: 5, hash }
    history.say(alice, { kind: 'space.remove', person: bob, cuts: [cut] })
    const space = resolved(history.entries)
    expect([4, 5, 6].map((sequence) => space?.counts(at(sequence)).counts)).toEqual([true, true, false])
    expect(space?.counts({ ...at(1), device: dave }).counts).toBe(false)
  })

  test('P4 the order of arrival and repetition do not matter, whatever was said', () => {
    const someone = fc.constantFrom(alice, bob, carol, dave, bobsDesk)
    const person = fc.constantFrom(alice, bob, carol, dave)
    const step = fc.record({
      by: someone,
      what: fc.constantFrom('add', 'remove', 'leave', 'rename'),
      about: person,
      knows: fc.nat(20),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.array(fc.nat(), { maxLength: 60 }), (steps, order) => {
        const history = founded([alice, bob, carol])
        for (const { about, by, knows, what } of steps) {
          const after = history.entries.slice(0, 1 + knows)
          const cuts = history.cuts(about)
          if (what === 'add') history.say(by, { kind: 'space.add', person: about }, after)
          else if (what === 'remove') history.say(by, { kind: 'space.remove', person: about, cuts }, after)
          else if (what === 'leave') history.say(by, { kind: 'space.leave', cuts: history.cuts(by) }, after)
          else history.say(by, { kind: 'space.rename', name: `by ${about.slice(-4)}` }, after)
        }
        const { entries } = history
        const shuffled = [...order.map((index) => entries[index % entries.length]), ...entries].filter(
          (entry) => entry !== undefined,
        )
        const view = (of: readonly RosterEntry[]): unknown => {
          const space = resolved(of)
          const counted = entries.map((entry) => space?.counts(place(entry)).counts)
          return [peopleOf(of), space?.name, counted, [...(space?.left ?? [])].sort()]
        }
        expect(view(shuffled)).toEqual(view(entries))
        // nobody but the founder is there for good
        expect(resolved(entries)?.everybody.has(alice)).toBe(true)
        expect(new Set(entries.map(({ hash }) => toHex(hash))).size).toBe(entries.length)
      }),
      { numRuns: 300 },
    )
  })
})
