import { describe, expect, test } from 'vitest'

import { verdictOf } from '../../src/peer/doctor.ts'
import { eventuallyPasses } from '../support/eventually.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { localPeer } from './local-peer.ts'

describe('the doctor', () => {
  test('tells both views of a connection, and what was tried of who is gone', async () => {
    const [alice, bob] = [
      await localPeer({ dataDirectory: await temporaryFolder(), machineName: 'desk' }),
      await localPeer({ dataDirectory: await temporaryFolder(), machineName: 'nas' }),
    ]
    await alice.client.call('swarm.create', { name: 'Studio' })
    const { link } = await alice.client.call('invite.create', {})
    await bob.client.call('swarm.join', { invite: link ?? '' })
    for (const [one, other] of [
      [alice, 'nas'],
      [bob, 'desk'],
    ] as const) {
      for (let asked = 0; asked < 3; asked++) {
        const { members, self } = await one.client.call('doctor.report', {})
        expect(members).toMatchObject([
          { name: other, tried: [], nextTry: null, connection: { route: 'local', relayedBy: null } },
        ])
        expect(members[0]?.theirView).toMatchObject({ connection: { route: 'local' } })
        expect(self.mdns).toBe(false)
      }
    }
    await expect(alice.client.call('doctor.report', { device: 'nobody' })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await bob.stop()
    await eventuallyPasses(async () => {
      const { members } = await alice.client.call('doctor.report', { device: 'nas' })
      expect(members).toMatchObject([{ connection: null, theirView: null }])
      expect(members[0]?.tried.length).toBeGreaterThan(0)
      expect(members[0]?.nextTry).toBeTypeOf('number')
      expect(members[0]?.verdict).toMatch(/nas does not answer|nas could not be reached/)
    })
  })

  test('says it in sentences', () => {
    const base = { name: 'nas', lastSeen: null, tried: [], connection: null }
    const connection = { address: 'x', since: 0, roundTrip: null, relayedBy: null }
    const name = (device: string): string => `the ${device}`
    expect(verdictOf({ ...base, connection: { ...connection, route: 'lan' } }, name)).toBe(
      'nas is connected over the local network.',
    )
    expect(verdictOf({ ...base, connection: { ...connection, route: 'relayed', relayedBy: 'desk' } }, name)).toMatch(
      /through the desk/,
    )
    expect(verdictOf(base, name)).toMatch(/not been heard yet/)
    expect(verdictOf({ ...base, lastSeen: 1 }, name)).toMatch(/not looked for now/)
    const tried = [{ address: '/ip4/1.2.3.4/tcp/1', reason: 'nobody listens there', at: 0 }]
    expect(verdictOf({ ...base, tried }, name)).toMatch(/could not be reached: nobody listens there/)
  })
})
