import { describe, expect, test } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import { toHex } from '../../src/base/bytes.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import type { CredentialsJudge } from '../../src/journal/authority.ts'
import { MAX_UNADMITTED_DEVICES } from '../../src/journal/constants.ts'
import { takeCredentials, writeCredentials } from '../../src/journal/credentials.ts'
import { decodeAnswer, encodeAnswer } from '../../src/journal/protocol.ts'
import { openAuthority } from '../support/open-authority.ts'
import { localPeer, transfer } from './local-peers.ts'
import { actDraft, idOf, keyOf, ROSTER_SPACE, rosterPeer, swarmOf, verifyOnce } from './roster-peers.ts'
import type { RosterPeer } from './roster-peers.ts'

const everybody: CredentialsJudge = () => () => true
const renamed = () => actDraft({ kind: 'swarm.rename', name: 'Pirates' })

async function shownBy({ authority, journal }: RosterPeer): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = []
  for await (const frame of writeCredentials(journal, authority)) frames.push(frame)
  return frames
}

async function take({ journal }: RosterPeer, frames: readonly Uint8Array[], judge = everybody): Promise<void> {
  await takeCredentials(journal, frames, { judge, verify: verifyOnce, clock: systemClock })
}

const authors = ({ journal }: RosterPeer): readonly string[] =>
  journal.lines.all.map((line) => toHex(line.journal.device)).sort()
const keys = (...names: readonly string[]): readonly string[] =>
  names.map((name) => toHex(keyOf(name).publicKey)).sort()

/** Alice and bob who both wrote, and what a stranger wrote that alice holds. */
async function story() {
  const [alice, bob] = await swarmOf({ bob: 'member', carol: 'member' })
  if (alice === undefined || bob === undefined) throw new Error('nobody')
  await bob.journal.append([actDraft({ kind: 'device.rename', device: idOf('bob'), name: 'nas' })])
  await transfer(bob.journal, alice.journal)
  const dave = await rosterPeer('dave')
  await dave.journal.append([renamed()])
  await transfer(dave.journal, alice.journal)
  return { alice, carol: await rosterPeer('carol') }
}

/** The frame with its items in another way. */
function changed(frame: Uint8Array, change: (items: readonly unknown[]) => readonly unknown[]): Uint8Array {
  const answer = decodeAnswer(frame)
  if (answer.type !== 'batch') throw new Error('no batch')
  return encodeAnswer({ ...answer, items: change(answer.items) as typeof answer.items })
}

describe('G10 credentials', () => {
  test('G10 what strangers wrote is not shown on', async () => {
    const { alice, carol } = await story()
    expect(authors(alice)).toEqual(keys('alice', 'bob', 'dave'))
    await take(carol, await shownBy(alice))
    expect(authors(carol)).toEqual(keys('alice', 'bob'))
    expect(carol.authority.admits(keyOf('carol').publicKey)).toBe(true)
  })

  test('G10 nothing is stored of who does not belong by what it shows, nor of those whom that does not admit', async () => {
    const { alice, carol } = await story()
    const frames = await shownBy(alice)
    await take(carol, frames, () => undefined)
    expect(authors(carol)).toEqual([])
    await take(carol, frames, () => (device: DeviceId) => device === idOf('alice'))
    expect(authors(carol)).toEqual(keys('alice'))
  })

  test('G10 one forged signature makes all of it worth nothing', async () => {
    const { alice, carol } = await story()
    const frames = await shownBy(alice)
    const forged = changed(frames.at(-1) ?? new Uint8Array(), (items) =>
      items.map((item) => {
        const { entry, type } = item as { type: 'entry'; entry: { header: Uint8Array; body: Uint8Array } }
        return { type, entry: { ...entry, signature: new Uint8Array(64) } }
      }),
    )
    await expect(take(carol, [...frames.slice(0, -1), forged])).rejects.toMatchObject({ code: 'ENTRY_STRUCTURE' })
    expect(authors(carol)).toEqual([])
  })

  test('G10 a journal that has no place here yet is left to sync, and keeps nobody out', async () => {
    const { alice, carol } = await story()
    const [first = new Uint8Array(), ...rest] = await shownBy(alice)
    const late = changed(first, (items) => items.slice(1))
    await take(carol, [late, ...rest])
    expect(authors(carol)).toEqual(keys('bob'))
  })
})

test('J6 of devices that nobody admitted no more than so many are kept', async () => {
  const [alice] = await swarmOf({})
  if (alice === undefined) throw new Error('nobody')
  const strangers = await Promise.all(
    Array.from({ length: MAX_UNADMITTED_DEVICES + 6 }, (_, index) =>
      localPeer(100 + index, { space: ROSTER_SPACE, authority: openAuthority, verify: verifyOnce }),
    ),
  )
  for (const { journal } of strangers) {
    await journal.append([renamed()])
    await transfer(journal, alice.journal)
  }
  expect(alice.journal.lines.deviceCount).toBe(1 + MAX_UNADMITTED_DEVICES)
})
