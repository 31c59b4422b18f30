import { expect, test } from 'vitest'

import type { Members, Standing } from '../../src/api/contract/index.ts'
import { readersText } from '../../renderer/messages/readers.ts'

const may = { write: true, add: true, remove: true, leave: true }
const [alice, bob, carol] = ['Alice', 'Bob', 'Carol'].map((name) => ({ personId: name, name }))
if (alice === undefined || bob === undefined || carol === undefined) throw new Error('three people were named')

function membersWith(standings: Readonly<Record<string, Standing>>): Members {
  const people = Object.entries(standings).map(([name, standing]) => ({
    ...{ personId: name, name, self: name === 'Alice', role: 'member', standing, devices: [], admittedBy: null },
    may: { roles: [], remove: false, confirm: false },
  }))
  return { people: people as unknown as Members['people'], devices: [] }
}

const ALL = membersWith({ Alice: 'active', Bob: 'active', Carol: 'active' })

test('everybody who gets it is named', () => {
  expect(readersText({ may, people: [alice, bob, carol] }, ALL)).toBe(
    'Only you, Bob and Carol get what is written here.',
  )
})

test('whoever waits to be confirmed is named: they get it later', () => {
  const members = membersWith({ Alice: 'active', Bob: 'suspended' })
  expect(readersText({ may, people: [alice, bob] }, members)).toBe('Only you and Bob get what is written here.')
})

test('whoever left the swarm or was removed is not said to get anything', () => {
  const members = membersWith({ Alice: 'active', Bob: 'removed', Carol: 'left' })
  expect(readersText({ may, people: [alice, bob] }, members)).toBe(
    'Bob is no longer in the swarm, and gets nothing new.',
  )
  expect(readersText({ may, people: [alice, bob, carol] }, members)).toBe(
    'Bob and Carol are no longer in the swarm, and get nothing new.',
  )
})

test('a channel that everybody else has left is one’s own', () => {
  expect(readersText({ may, people: [alice] }, ALL)).toBe('Only you get what is written here.')
})

test('where one is not in it any more, nothing is promised', () => {
  expect(readersText({ may: { ...may, write: false }, people: [bob, carol] }, ALL)).toBe('Nothing new comes here.')
})
