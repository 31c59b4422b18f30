import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { bytesEqual, toHex } from '../../src/base/bytes.ts'
import { encodeCbor } from '../../src/base/cbor.ts'
import { InvalidInputError } from '../../src/base/errors.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import { seededRandom } from '../../src/base/random.ts'
import { deviceKeyFromSeed } from '../../src/identity/device-key.ts'
import { rankMachines, takersOf } from '../../src/mailbox/choose-machines.ts'
import { FETCH_ALL_BYTES } from '../../src/mailbox/constants.ts'
import { planFetch } from '../../src/mailbox/fetch-plan.ts'
import type { Answer, Question } from '../../src/mailbox/protocol.ts'
import { BOX_BYTES, decodeAnswer, decodeQuestion, encodeAnswer, encodeQuestion } from '../../src/mailbox/protocol.ts'
import { Tags } from '../../src/mailbox/tags.ts'
import type { WaitingParcel } from '../../src/mailbox/waiting-parcel.ts'
import { hoursSeen, seenAt } from '../../src/mailbox/week.ts'

const HOUR = 3_600_000
const random = seededRandom(7)
const keys = Array.from({ length: 6 }, () => deviceKeyFromSeed(random.bytes(32)))
const devices = keys.map(({ device }) => device)
const [alice, bob, carol, dave, erin, nas] = devices as [DeviceId, DeviceId, DeviceId, DeviceId, DeviceId, DeviceId]

describe('which machines', () => {
  const hours = new Map([
    [carol, 5],
    [dave, 100],
    [erin, 40],
  ])
  const ranked = rankMachines({
    self: alice,
    machines: devices.map((device) => ({ device, helper: device === nas, active: device !== erin })),
    connected: new Set(devices),
    hoursSeen: (device) => hours.get(device) ?? 0,
  })
  const parcel = (holders: readonly DeviceId[], exclude: readonly DeviceId[] = []): WaitingParcel => ({
    number: 1,
    to: bob,
    name: 'x',
    tag: random.bytes(16),
    at: 0,
    bytes: 1000,
    exclude,
    holders,
  })
  const all = { counts: () => true, refused: () => false }

  test('M2 helpers come first, then those that are up the most; never this one, nor who does not belong', () => {
    expect(ranked.slice(0, 3)).toEqual([nas, dave, carol])
    expect(ranked).not.toContain(alice)
    expect(ranked).not.toContain(erin)
  })

  test('M2 three hold it, none of them the recipient or who gets it directly', () => {
    expect(takersOf(parcel([]), ranked, all)).toEqual([nas, dave, carol])
    expect(takersOf(parcel([], [dave]), ranked, all)).toEqual([nas, carol])
    expect(takersOf(parcel([nas]), ranked, all)).toEqual([dave, carol])
    expect(takersOf(parcel([nas, dave, carol]), ranked, all)).toEqual([])
  })

  test('M2 a holder that does not count, and a machine that refused, are made up for', () => {
    expect(takersOf(parcel([nas, dave, erin]), ranked, { ...all, counts: (device) => device !== erin })).toEqual([
      carol,
    ])
    expect(takersOf(parcel([]), ranked, { ...all, refused: (device) => device === nas })).toEqual([dave, carol])
  })
})

describe('the hours of a week', () => {
  test('M2 each hour counts once, and no longer than a week', () => {
    let week = seenAt(undefined, 1000 * HOUR)
    expect(seenAt(week, 1000 * HOUR + 1)).toBe(week)
    week = seenAt(week, 1003 * HOUR)
    expect(hoursSeen(week, 1003 * HOUR)).toBe(2)
    expect(hoursSeen(week, 1167 * HOUR)).toBe(2)
    expect(hoursSeen(week, 1168 * HOUR)).toBe(1)
    expect(hoursSeen(week, 1171 * HOUR)).toBe(0)
    expect(hoursSeen(undefined, 0)).toBe(0)
  })

  test('M2 agrees with a plain count over random hours', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1 }), (found) => {
        const hours = [...found].sort((a, b) => a - b)
        let week: ReturnType<typeof seenAt> | undefined
        for (const hour of hours) week = seenAt(week, hour * HOUR)
        const last = hours.at(-1) ?? 0
        const expected = new Set(hours.filter((hour) => hour > last - 168)).size
        return hoursSeen(week, last * HOUR) === expected
      }),
    )
  })
})

describe('what is fetched', () => {
  const listed = (count: number, size: number): { tag: Uint8Array; bytes: number }[] =>
    Array.from({ length: count }, () => ({ tag: random.bytes(16), bytes: BOX_BYTES[size] ?? 0 }))

  test('M21 everything while it is little, in another order', () => {
    const fresh = listed(100, 0)
    const planned = planFetch(fresh, () => false, random)
    expect(new Set(planned)).toEqual(new Set(fresh))
    expect(planned).not.toEqual(fresh)
  })

  test('M21 of much, all that is its own among as many others, in an order that tells nothing', () => {
    const fresh = listed(200, 4)
    const own = new Set([fresh[3], fresh[70], fresh[199]])
    const firsts: number[] = []
    for (let round = 0; round < 50; round++) {
      const planned = planFetch(fresh, (each) => own.has(each), random)
      const bytes = planned.reduce((sum, each) => sum + each.bytes, 0)
      expect(planned.filter((each) => own.has(each))).toHaveLength(3)
      expect(planned.length).toBeGreaterThan(6)
      expect(bytes).toBeLessThanOrEqual(FETCH_ALL_BYTES)
      firsts.push(planned.findIndex((each) => own.has(each)))
    }
    expect(new Set(firsts).size).toBeGreaterThan(5)
  })

  test('M21 where its own are more than the budget, as many others come with them', () => {
    const fresh = listed(200, 4)
    const own = new Set(fresh.slice(0, 60))
    const planned = planFetch(fresh, (each) => own.has(each), random)
    expect(planned.filter((each) => own.has(each))).toHaveLength(60)
    expect(planned.length).toBe(120)
  })
})

describe('tags', () => {
  test('M22 the recipient finds its own and whose they are, nobody else finds anything', () => {
    const tags = keys.map((key) => new Tags(key))
    const tag = tags[0]?.make(bob, random) ?? new Uint8Array()
    expect(tag).toHaveLength(16)
    expect(tags.map((each) => each.senderOf(tag, devices))).toEqual([undefined, alice, ...Array(4).fill(undefined)])
    expect(tags[1]?.senderOf(tag, [carol, dave])).toBeUndefined()
    expect(tags[1]?.senderOf(random.bytes(16), devices)).toBeUndefined()
  })

  test('M22 no two are alike in either half', () => {
    const tags = keys[0] === undefined ? undefined : new Tags(keys[0])
    const made = Array.from({ length: 500 }, () => toHex(tags?.make(bob, random) ?? new Uint8Array()))
    expect(new Set(made.flatMap((tag) => [tag.slice(0, 16), tag.slice(16)])).size).toBe(1000)
  })
})

describe('the protocol', () => {
  const tag = random.bytes(16)
  const box = random.bytes(BOX_BYTES[0] ?? 0)
  const questions: readonly Question[] = [
    { type: 'leave', tag, box },
    { type: 'withdraw', tags: [tag] },
    { type: 'mine' },
    { type: 'list', from: 12 },
    { type: 'fetch', tags: [tag, tag] },
  ]
  const answers: readonly Answer[] = [
    { type: 'left', refusal: undefined },
    { type: 'left', refusal: 'share' },
    { type: 'withdrawn' },
    { type: 'mine', tags: [tag] },
    { type: 'listed', items: [{ tag, bytes: BOX_BYTES[4] ?? 0 }], next: 5, more: true },
    { type: 'boxes', boxes: [box, undefined] },
    { type: 'advance' },
  ]

  test('M30 each frame says what it was made of', () => {
    expect(questions.map((each) => decodeQuestion(encodeQuestion(each)))).toEqual(questions)
    expect(answers.map((each) => decodeAnswer(encodeAnswer(each)))).toEqual(answers)
  })

  test('M30 a frame that is changed, cut or longer says something else or is refused, and never fails otherwise', () => {
    const frames = [...questions.map(encodeQuestion), ...answers.map(encodeAnswer)]
    const changed = fc
      .tuple(fc.constantFrom(...frames), fc.nat(), fc.integer({ min: 1, max: 255 }), fc.nat(3))
      .map(([frame, at, change, more]) => {
        const bytes = new Uint8Array(frame.length + more)
        bytes.set(frame)
        const place = at % Math.min(frame.length, 40)
        bytes[place] = (bytes[place] ?? 0) ^ change
        return bytes
      })
    const refuses = (decode: () => Uint8Array, bytes: Uint8Array): void => {
      try {
        expect(bytesEqual(decode(), bytes)).toBe(true)
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error
      }
    }
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        refuses(() => encodeQuestion(decodeQuestion(bytes)), bytes)
        refuses(() => encodeAnswer(decodeAnswer(bytes)), bytes)
      }),
      { numRuns: 2000 },
    )
  })

  test('M31 what is too much, or of another size, is refused', () => {
    const many = (count: number): Uint8Array[] => Array.from({ length: count }, () => tag)
    for (const wrong of [
      [0, tag, random.bytes(100)],
      [0, tag.subarray(1), box],
      [0, tag, box, 1],
      [1, many(1025)],
      [4, many(65)],
      [3, -1],
      [9],
      [],
    ]) {
      expect(() => decodeQuestion(encodeCbor(wrong))).toThrow(InvalidInputError)
    }
    for (const wrong of [
      [10, 'else'],
      [12, many(1025)],
      [13, [[tag, 5]], 1, false],
      [14, [random.bytes(3)]],
      [15, 1],
    ]) {
      expect(() => decodeAnswer(encodeCbor(wrong))).toThrow(InvalidInputError)
    }
  })
})
