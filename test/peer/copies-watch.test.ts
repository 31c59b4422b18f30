import { expect, test } from 'vitest'

import { CopiesWatch } from '../../src/peer/copies-watch.ts'
import { VirtualClock } from '../support/virtual-clock.ts'

/** Watches messages whose copies the test sets. */
function watching(machines: number) {
  const clock = new VirtualClock()
  const copies = new Map<string, number>()
  const told: string[] = []
  let looks = 0
  const watch = new CopiesWatch<string>({
    clock,
    count: (reference) => {
      looks++
      return { copies: copies.get(reference) ?? 1, machines }
    },
    tell: (message) => told.push(`${message} on ${copies.get(message) ?? 1}`),
  })
  const add = (message: string): void => watch.watch(message, { reference: message, copies: 1, machines })
  return { add, clock, copies, told, watch, looks: () => looks }
}

test('a message is told of again when more machines hold it, until all do', async () => {
  const { add, clock, copies, told, watch } = watching(3)
  add('a')
  for (const count of [1, 2, 3, 3]) {
    copies.set('a', count)
    watch.replicasChanged()
    await clock.advance(1000)
  }
  expect(told).toEqual(['a on 2', 'a on 3'])
})

test('many changes cost one look, and a message that all hold is not looked at', async () => {
  const { add, clock, copies, looks, told, watch } = watching(2)
  watch.watch('everywhere', { reference: 'everywhere', copies: 2, machines: 2 })
  add('a')
  copies.set('a', 2)
  for (let change = 0; change < 100; change++) watch.replicasChanged()
  await clock.advance(1000)
  expect(looks()).toBe(1)
  expect(told).toEqual(['a on 2'])
  watch.replicasChanged()
  await clock.advance(1000)
  expect(looks()).toBe(1)
})

test('only the newest messages are watched, and none once it is disposed of', async () => {
  const { add, clock, copies, told, watch } = watching(2)
  for (let index = 0; index < 300; index++) {
    add(`m${index}`)
    copies.set(`m${index}`, 2)
  }
  watch.replicasChanged()
  await clock.advance(5000)
  expect(told).toHaveLength(200)
  expect(told[0]).toBe('m100 on 2')
  add('last')
  copies.set('last', 2)
  watch.replicasChanged()
  watch.dispose()
  await clock.advance(5000)
  expect(told).toHaveLength(200)
})
