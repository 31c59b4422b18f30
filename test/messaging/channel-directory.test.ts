import { expect, test } from 'vitest'

import type { ChannelId } from '../../src/base/ids.ts'
import { findChannel, listedChannels } from '../../src/messaging/channel-directory.ts'
import type { ChannelState } from '../../src/messaging/channel-state.ts'
import { nearestName } from '../../src/messaging/nearest-name.ts'
import { deviceOf } from './driver.ts'

const id = (start: string): ChannelId => start.padEnd(22, 'x') as ChannelId
const order = (n: number): Uint8Array => Uint8Array.of(n)
const named = (name: string, at = 0): ChannelState => ({
  created: { by: deviceOf('alice'), at },
  name: { order: order(5), value: name },
})

const channels = listedChannels([
  [id('aaaa1'), named('general', 1)],
  [id('aaaa2'), named('general', 2)],
  [id('bbbb'), named('Random')],
  [id('cccc'), named('lisbon')],
])

test('M6 channels of one name are all listed, each with a label of its own', () => {
  expect(channels.map(({ label }) => label)).toEqual(['Random', 'general~aaaa1', 'general~aaaa2', 'lisbon'])
})

test('M6 a channel is not listed before its making is known, nor after its deletion', () => {
  const { name } = named('x')
  const deleted: ChannelState = { ...named('y'), deleted: order(6) }
  const renamedSince: ChannelState = { ...named('z'), deleted: order(4) }
  const listed = listedChannels([
    [id('1'), name === undefined ? {} : { name }],
    [id('2'), deleted],
    [id('3'), renamedSince],
  ])
  expect(listed.map((channel) => channel.name)).toEqual(['z'])
})

test.each(['lisbon', '#lisbon', 'LISBON', ' lisbon ', id('cccc')])('M6 %j finds the channel', (asked) => {
  expect(findChannel(channels, asked).name).toBe('lisbon')
})

test('M6 a label finds one of several channels of a name', () => {
  expect(findChannel(channels, 'general~aaaa2').id).toBe(id('aaaa2'))
})

test('M6 a name that several channels bear is answered with their labels', () => {
  expect(() => findChannel(channels, 'general')).toThrow(
    '"general" names 2 channels. Say which: "general~aaaa1" or "general~aaaa2".',
  )
})

test('M6 a name that no channel bears is answered with the nearest', () => {
  expect(() => findChannel(channels, 'lisbom')).toThrow('There is no channel "lisbom" here. Did you mean "lisbon"?')
  expect(() => findChannel(channels, 'porto')).toThrow('List the channels, or create it first.')
})

test('M6 names like those of prototypes are names like others', () => {
  const odd = listedChannels([
    [id('a'), named('__proto__')],
    [id('b'), named('constructor')],
  ])
  expect(findChannel(odd, '__proto__').id).toBe(id('a'))
})

test('M6 the nearest name is one that could have been meant', () => {
  expect(nearestName('genral', ['random', 'general'])).toBe('general')
  expect(nearestName('gen', ['random', 'general'])).toBe('general')
  expect(nearestName('xyz', ['random', 'general'])).toBeUndefined()
  expect(nearestName('', ['random'])).toBeUndefined()
  expect(nearestName('x'.repeat(100_000), ['y'.repeat(100_000)])).toBeUndefined()
})
