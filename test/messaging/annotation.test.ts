import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Annotation } from '../../src/messaging/annotation.ts'
import { decodeAnnotation, encodeAnnotation, NO_ANNOTATION, reduceAnnotation } from '../../src/messaging/annotation.ts'
import { MAX_REACTIONS_PER_DEVICE } from '../../src/messaging/constants.ts'
import type { ChannelId, MessageId } from '../../src/base/ids.ts'
import { orderKey } from '../../src/messaging/places.ts'

const place = { channel: 'c'.repeat(22) as ChannelId, clock: { time: 1, count: 0 }, id: 'm'.repeat(22) as MessageId }

type Said = Parameters<typeof reduceAnnotation>[1]

const head = (time: number): Pick<Said, 'nonce' | 'clock' | 'at' | 'message'> => ({
  nonce: new Uint8Array(16),
  clock: { time, count: 0 },
  at: time,
  message: place,
})
const react = (time: number, emoji: string, on = true): Said => ({ kind: 'message.react', ...head(time), emoji, on })
const edit = (time: number, text: string): Said => ({ kind: 'message.edit', ...head(time), text })

const anything: fc.Arbitrary<Said> = fc
  .nat(1000)
  .chain((time) =>
    fc.oneof(
      { weight: 8, arbitrary: fc.tuple(fc.nat(40), fc.boolean()).map(([n, on]) => react(time, `e${n}`, on)) },
      { weight: 2, arbitrary: fc.string({ minLength: 1 }).map((text) => edit(time, text)) },
      { weight: 1, arbitrary: fc.constant<Said>({ kind: 'message.delete', ...head(time) }) },
    ),
  )

const statements = fc.uniqueArray(anything, { selector: ({ clock }) => clock.time, maxLength: 120 })

function reduceAll(said: readonly Said[]): Annotation {
  return said.reduce((state, body) => reduceAnnotation(state, body, orderKey(body.clock, body.nonce)), NO_ANNOTATION)
}

test('M5 what a device said of a message is the same in any order and with repetitions', () => {
  fc.assert(
    fc.property(
      statements.chain((said) =>
        fc.tuple(fc.constant(said), fc.shuffledSubarray([...said, ...said], { minLength: said.length * 2 })),
      ),
      ([said, shuffled]) => {
        expect(reduceAll(shuffled)).toEqual(reduceAll(said))
      },
    ),
  )
})

test('M9 the latest reactions are kept, up to the bound', () => {
  const all = Array.from({ length: 50 }, (_, i) => react(i, `e${i}`))
  const kept = reduceAll(all).reactions.map(({ emoji }) => emoji)
  expect(kept).toHaveLength(MAX_REACTIONS_PER_DEVICE)
  expect(kept[0]).toBe('e49')
  expect(kept).not.toContain('e29')
})

test('M9 the later word on an emoji counts, also where it comes first', () => {
  expect(reduceAll([react(2, '👍', false), react(1, '👍')]).reactions).toMatchObject([{ emoji: '👍', on: false }])
  expect(reduceAll([react(1, '👍', false), react(2, '👍')]).reactions).toMatchObject([{ emoji: '👍', on: true }])
})

test('M8 what says nothing new leaves the state as it was', () => {
  const state = reduceAll([edit(5, 'b')])
  expect(reduceAnnotation(state, edit(4, 'a'), orderKey({ time: 4, count: 0 }, new Uint8Array(16)))).toBe(state)
})

test('M5 a stored annotation reads as it was', () => {
  fc.assert(
    fc.property(statements, (said) => {
      const state = reduceAll(said)
      expect(decodeAnnotation(encodeAnnotation(state))).toEqual(state)
    }),
  )
})
