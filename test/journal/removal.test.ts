import { describe, expect, test } from 'vitest'

import type { Operation, WriteOptions } from '../../src/store/index.ts'
import { MemoryStore } from '../../src/store/index.ts'
import { standing, text, transfer } from './local-peers.ts'
import type { RosterPeer } from './roster-peers.ts'
import { admissionDraft, changeRole, meet, remove, reopen, rosterPeer, swarmOf } from './roster-peers.ts'

const write = async (peer: RosterPeer, ...values: readonly string[]): Promise<void> =>
  void (await peer.journal.append(values.map((value) => text(`${value};`))))

const shown = async ({ store }: RosterPeer): Promise<string> => (await standing(store)).join('')

/** Ends, as a process does that is killed, after some writes. */
class MortalStore extends MemoryStore {
  isDead = false
  #left = Infinity
  #die: () => void = () => undefined
  readonly died = new Promise<void>((resolve) => {
    this.#die = resolve
  })

  dieAfter(writes: number): void {
    this.#left = writes
  }

  override async write(operations: readonly Operation[], options: WriteOptions): Promise<void> {
    await super.write(operations, options)
    if (--this.#left > 0) return
    this.isDead = true
    this.kill()
    this.#die()
    await new Promise<never>(() => undefined)
  }
}

async function office(): Promise<readonly [RosterPeer, RosterPeer, RosterPeer]> {
  const [alice, bob, carol] = await swarmOf({ bob: 'member', carol: 'member' })
  if (alice === undefined || bob === undefined || carol === undefined) throw new Error('three people')
  return [alice, bob, carol]
}

describe('what counts', () => {
  test('J16 what a removed one wrote beyond the cut counts nothing, whether it or the removal came first', async () => {
    const [alice, bob, carol] = await office()
    await write(bob, 'before')
    await meet([alice, bob, carol])
    await remove(alice, 'bob')
    await write(bob, 'later', 'later still')
    await transfer(bob.journal, carol.journal)
    expect(await shown(carol)).toBe('before;later still;later;')
    await transfer(alice.journal, carol.journal)
    expect(await shown(carol)).toBe('before;')
    await transfer(bob.journal, alice.journal)
    expect(await shown(alice)).toBe('before;')
    // It is kept all the same, and handed on.
    expect(alice.journal.frontier.root).toEqual(carol.journal.frontier.root)
    expect(alice.journal.waiting).toBe(0)
    const late = await rosterPeer('dave')
    // First who belongs: what nobody admitted is not taken in.
    for (let round = 0; round < 2; round++) await transfer(carol.journal, late.journal)
    expect(await shown(late)).toBe('before;')
    expect(late.journal.frontier.root).toEqual(alice.journal.frontier.root)
  })

  test('J16 a line goes on after what counts nothing: a member made an observer and a member again', async () => {
    const [alice, bob, carol] = await office()
    await write(bob, 'a')
    await meet([alice, bob, carol])
    await changeRole(alice, 'bob', 'observer')
    await write(bob, 'b')
    await transfer(alice.journal, bob.journal)
    await transfer(bob.journal, alice.journal)
    await changeRole(alice, 'bob', 'member')
    await transfer(alice.journal, bob.journal)
    await write(bob, 'c')
    await meet([alice, bob, carol])
    for (const peer of [alice, bob, carol]) expect(await shown(peer)).toBe('a;c;')
  })

  test('J17 what somebody built on without knowing counts, and with it what they built', async () => {
    const [alice, bob, carol] = await office()
    await remove(alice, 'bob')
    await write(bob, 'question')
    await transfer(bob.journal, carol.journal)
    await write(carol, 'answer')
    await write(bob, 'unheard')
    await meet([alice, bob, carol])
    for (const peer of [alice, bob, carol]) expect(await shown(peer)).toBe('answer;question;')
  })

  test('J17 nothing is covered by who knew of the removal', async () => {
    const [alice, bob, carol] = await office()
    await remove(alice, 'bob')
    await write(bob, 'question')
    await meet([alice, bob, carol])
    await write(carol, 'answer')
    await write(alice, 'answer')
    await meet([alice, bob, carol])
    for (const peer of [alice, bob, carol]) expect(await shown(peer)).toBe('answer;')
  })

  test('J18 only what reads the entries concerned is made anew, and says so', async () => {
    const [alice, bob, carol] = await office()
    let rebuilt = 0
    carol.journal.events.on('journal:rebuilt', () => rebuilt++)
    await write(bob, 'a')
    await transfer(bob.journal, carol.journal)
    await remove(alice, 'bob')
    await transfer(alice.journal, carol.journal)
    expect(rebuilt).toBe(1)
    await write(alice, 'b')
    await changeRole(alice, 'carol', 'admin')
    await transfer(alice.journal, carol.journal)
    expect(rebuilt).toBe(1)
    expect(await shown(carol)).toBe('b;')
  })

  test('J18 a rebuild that is cut off at any write is done again at the next start', async () => {
    let cutOff = 0
    for (let writes = 1; writes < 12; writes++) {
      const [alice, bob, carol] = await office()
      await write(bob, 'a', 'b')
      await write(alice, 'c')
      await meet([alice, bob, carol])
      await remove(alice, 'bob')
      await write(bob, 'd')
      await transfer(bob.journal, carol.journal)
      const store = new MortalStore(carol.store.disk)
      carol.store.kill()
      const doomed = await rosterPeer('carol', { store })
      store.dieAfter(writes)
      await Promise.race([transfer(alice.journal, doomed.journal), store.died])
      if (!store.isDead) break
      cutOff++
      const again = await reopen(doomed, writes)
      await transfer(alice.journal, again.journal)
      expect(await shown(again)).toBe('a;b;c;')
    }
    expect(cutOff).toBeGreaterThan(3)
  })

  test('J16 what counts nothing is known after a restart', async () => {
    const [alice, bob, carol] = await office()
    await remove(alice, 'bob')
    await write(bob, 'a')
    await meet([alice, bob, carol])
    const again = await reopen(carol, 1)
    let rebuilt = 0
    again.journal.events.on('journal:rebuilt', () => rebuilt++)
    await write(alice, 'b')
    await transfer(alice.journal, again.journal)
    expect(await shown(again)).toBe('b;')
    expect(rebuilt).toBe(0)
  })

  test('J21 who may not write is told so, and nothing is written', async () => {
    const [alice, bob] = await office()
    await changeRole(alice, 'bob', 'observer')
    await transfer(alice.journal, bob.journal)
    const before = bob.journal.frontier.root
    await expect(write(bob, 'a')).rejects.toMatchObject({
      code: 'NOT_ALLOWED_TO_WRITE',
      message: 'nothing was changed: observers only read',
    })
    expect(bob.journal.frontier.root).toEqual(before)
    await changeRole(alice, 'bob', 'member')
    await transfer(alice.journal, bob.journal)
    await write(bob, 'b')
    expect(await shown(bob)).toBe('b;')
  })

  test('J17 what newcomers wrote counts where others built on it, though who let them in was removed by then', async () => {
    const [alice, bob, carol] = await office()
    await changeRole(alice, 'bob', 'admin')
    await meet([alice, bob, carol])
    await remove(alice, 'bob')
    await bob.journal.append([admissionDraft('dave', 'member')])
    const dave = await rosterPeer('dave')
    for (let round = 0; round < 2; round++) await transfer(bob.journal, dave.journal)
    await write(dave, 'question')
    await meet([bob, carol, dave])
    await write(carol, 'answer')
    await write(dave, 'unheard')
    for (let round = 0; round < 2; round++) await meet([alice, bob, carol, dave])
    for (const peer of [alice, bob, carol, dave]) {
      expect(peer.journal.waiting).toBe(0)
      expect(peer.authority.current.devices.get(dave.journal.key.device)).toBeUndefined()
      expect(await shown(peer)).toBe('answer;question;')
    }
  })
})
