import { expect, test } from 'vitest'

import { MessageTeller } from '../../src/peer/message-teller.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

function tellerOf(clock: VirtualClock) {
  const told: string[] = []
  const teller = new MessageTeller({
    clock,
    look: async (message) => {
      await Promise.resolve()
      return () => told.push(message)
    },
    tellFlood: () => told.push('flood'),
  })
  return { teller, told }
}

test('messages are told one by one, in the order in which they changed', async () => {
  const clock = new VirtualClock()
  const { teller, told } = tellerOf(clock)
  for (let index = 0; index < 256; index++) teller.changed(`m${index}`, { isNew: true })
  await clock.runUntil(() => told.length === 256)
  expect(told).toEqual(Array.from({ length: 256 }, (_, index) => `m${index}`))
})

test('a flood is told as one fact when it is over, and what comes after it one by one again', async () => {
  const clock = new VirtualClock()
  const { teller, told } = tellerOf(clock)
  for (let index = 0; index < 5000; index++) teller.changed(`m${index}`, { isNew: true })
  await clock.runUntil(() => told.includes('flood'))
  expect(told.filter((what) => what === 'flood')).toHaveLength(1)
  expect(told.length).toBeLessThan(258)
  teller.changed('after', { isNew: true })
  await clock.runUntil(() => told.at(-1) === 'after')
})

test('a flood that goes on is told of once a second', async () => {
  const clock = new VirtualClock()
  const { teller, told } = tellerOf(clock)
  for (let index = 0; index < 2000; index++) teller.changed('m', { isNew: true })
  let elapsed = 0
  for (let at = 100; at <= 3500; at += 100) {
    clock.after(at, () => {
      elapsed = at
      teller.changed('m', { isNew: true })
    })
  }
  await clock.runUntil(() => elapsed === 3500)
  expect(told.filter((what) => what === 'flood')).toHaveLength(3)
})
