import { expect, onTestFinished, test } from 'vitest'

import { eventually } from '../support/eventually.ts'
import { GATE, SYNC } from './adversary.ts'
import { gateFrame, passByHand } from './gate-by-hand.ts'
import { Insider } from './insider.ts'
import { victims } from './victims.ts'

test('a removed member is cut off, is told so at each door, and gets nothing newer however it comes back', async () => {
  const all = await victims()
  const mallory = await Insider.join(all)
  onTestFinished(() => mallory.stop())
  const { adversary } = mallory
  const options = { space: all.space, self: adversary.key.device, peer: all.alice.device }
  const founding = mallory.founding
  await all.alice.client.call('member.remove', { person: 'mallory' })
  await eventually(() => !mallory.isConnected, { what: 'the removed member to be cut off', timeout: 5_000 })
  const before = adversary.received.length
  await all.alice.client.call('channel.create', { name: 'after the removal' })
  const { grant: _grant, ...later } = await all.invite()
  await all.during(async () => {
    for (let round = 0; round < 10; round++) {
      for (const word of [{ standing: 'active' }, { standing: 'unknown' }]) {
        const connection = await adversary.dial(all.address).catch(() => undefined)
        if (connection === undefined) continue
        const wire = await adversary.open(connection, GATE).catch(() => undefined)
        if (wire === undefined) continue
        const { answer, passed, shown } = await passByHand(wire, { ...options, founding, word })
        expect([passed, shown]).toEqual([false, []])
        if (answer !== undefined) expect(answer).toMatchObject({ standing: 'removed', by: 'alice' })
        // it shows its old credentials nonetheless, and asks as if it had been let in
        for (const credentials of mallory.shown) await wire.send(gateFrame({ credentials }))
        await wire.send(gateFrame({ shown: true }))
        const sync = await adversary.open(connection, SYNC).catch(() => undefined)
        await sync?.send(Uint8Array.of(0x83, 0))
        while ((await wire.next()) !== undefined) continue
      }
    }
  })
  const news = adversary.received.subarray(before)
  expect(news.length).toBeLessThan(20 * 1024)
  for (const secret of ['after the removal', 'Studio', 'bob', all.bob.device, ...later.addresses])
    expect(news.includes(Buffer.from(secret))).toBe(false)
  expect(
    (await all.alice.client.call('member.list', {})).people.map(({ name, standing }) => `${name} ${standing}`).sort(),
  ).toEqual(['alice active', 'bob active', 'mallory removed'])
})
