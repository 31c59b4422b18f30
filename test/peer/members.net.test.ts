import { describe, expect, test } from 'vitest'

import type { ApiClient } from '../../src/api/index.ts'
import type { Clock } from '../../src/base/clock.ts'
import { systemClock } from '../../src/base/clock.ts'
import { decodeInviteLink, encodeInviteLink } from '../../src/identity/roster/index.ts'
import { eventuallyPasses } from '../support/eventually.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { localPeer } from './local-peer.ts'
import type { LocalPeer } from './local-peer.ts'

interface Machine extends LocalPeer {
  readonly folder: string
}

async function started(name: string, folder?: string): Promise<Machine> {
  const dataDirectory = folder ?? (await temporaryFolder())
  const peer = await localPeer({ dataDirectory, machineName: `${name}'s laptop` })
  await peer.client.call('settings.set', { personName: name })
  return { ...peer, folder: dataDirectory }
}

/** The same machine again. */
async function restarted(name: string, machine: Machine): Promise<Machine> {
  await machine.stop()
  return await started(name, machine.folder)
}

async function swarmOf(name: string): Promise<Machine> {
  const peer = await started(name)
  await peer.client.call('swarm.create', { name: 'Studio' })
  return peer
}

async function linkOf(by: ApiClient, options: Parameters<typeof invite>[1] = {}): Promise<string> {
  const { link } = await invite(by, options)
  return link ?? ''
}

async function invite(
  by: ApiClient,
  options: { role?: 'observer' | 'admin' | 'helper'; uses?: number; lifetime?: number },
) {
  return await by.call('invite.create', options)
}

async function joined(by: Machine, name: string, options: Parameters<typeof invite>[1] = {}): Promise<Machine> {
  const peer = await started(name)
  await peer.client.call('swarm.join', { invite: await linkOf(by.client, options) })
  return peer
}

const people = async ({ client }: LocalPeer): Promise<readonly string[]> =>
  (await client.call('member.list', {})).people.map(({ name, role, standing }) => `${name} ${role} ${standing}`).sort()

const devices = async ({ client }: LocalPeer): Promise<readonly string[]> =>
  (await client.call('member.list', {})).devices.map(({ name, standing }) => `${name} ${standing}`).sort()

const channels = async ({ client }: LocalPeer): Promise<readonly string[]> =>
  (await client.call('channel.list', {})).map(({ name }) => name).sort()

const texts = async ({ client }: LocalPeer, channel: string): Promise<readonly string[]> =>
  (await client.call('message.read', { channel })).messages.map(({ text }) => text)

const neighbours = async ({ client }: LocalPeer): Promise<readonly string[]> =>
  (await client.call('peer.status', {})).machines
    .flatMap(({ connection, name }) => (connection === null ? [] : [name]))
    .sort()

const standing = async ({ client }: LocalPeer) => (await client.call('peer.status', {})).swarm

/** The same invite as somebody passes it on who knows where another member is. */
async function linkThrough({ client }: LocalPeer, link: string): Promise<string> {
  const { addresses } = await client.call('peer.status', {})
  return encodeInviteLink({ ...decodeInviteLink(link), addresses })
}

/** The system's clock, moved. */
function shiftedClock(ahead: () => number): Clock {
  return { ...systemClock, now: () => systemClock.now() + ahead() }
}

async function connect(one: LocalPeer, other: LocalPeer): Promise<void> {
  const { addresses } = await other.client.call('peer.status', {})
  await one.client.call('peer.connect', { address: addresses[0] ?? '' })
}

describe('coming in', () => {
  test('by an invite: everybody knows, and what was there arrives', async () => {
    const alice = await swarmOf('alice')
    await alice.client.call('channel.create', { name: 'plans' })
    const bob = await joined(alice, 'bob')
    const all = ['alice owner active', 'bob member active']
    await eventuallyPasses(async () => expect([await people(alice), await people(bob)]).toEqual([all, all]))
    await eventuallyPasses(async () => expect(await channels(bob)).toEqual(['plans']))
    await bob.client.call('message.send', { channel: 'plans', text: 'hello' })
    await eventuallyPasses(async () => expect(await texts(alice, 'plans')).toEqual(['hello']))
    const [message] = (await alice.client.call('message.read', { channel: 'plans' })).messages
    expect(message?.author).toBe('bob')
  })

  test('the inviter is off, and any member lets the bearer in, also one that never heard of the invite', async () => {
    const alice = await swarmOf('alice')
    const bob = await joined(alice, 'bob')
    await eventuallyPasses(async () => expect(await people(bob)).toHaveLength(2))
    await bob.stop()
    const link = await linkOf(alice.client)
    await alice.stop()
    const bobAlone = await started('bob', bob.folder)
    const carol = await started('carol')
    await carol.client.call('swarm.join', { invite: await linkThrough(bobAlone, link) })
    const all = ['alice owner active', 'bob member active', 'carol member active']
    expect(await people(carol)).toEqual(all)
    // alice hears of carol from carol alone, whom nobody that she knows is there to vouch for
    await bobAlone.stop()
    const aliceAgain = await started('alice', alice.folder)
    await connect(aliceAgain, carol)
    await eventuallyPasses(async () => expect(await people(aliceAgain)).toEqual(all))
    expect(await neighbours(aliceAgain)).toEqual(["carol's laptop"])
  })

  test.each([
    ['used', 'INVITE_USED', { uses: 1 }],
    ['revoked', 'INVITE_REVOKED', {}],
  ] as const)('an invite that is %s lets nobody in, and says why', async (how, code, options) => {
    const alice = await swarmOf('alice')
    const made = await invite(alice.client, options)
    if (how === 'used') {
      const bob = await started('bob')
      await bob.client.call('swarm.join', { invite: made.link ?? '' })
    } else {
      await alice.client.call('invite.revoke', { invite: made.id })
    }
    const carol = await started('carol')
    await expect(carol.client.call('swarm.join', { invite: made.link ?? '' })).rejects.toMatchObject({ code })
    // she is as before, and may try another
    expect(await standing(carol)).toBeNull()
    await carol.client.call('swarm.join', { invite: await linkOf(alice.client) })
    expect(await standing(carol)).toMatchObject({ role: 'member', standing: 'active', personName: 'carol' })
  })

  test('an expired invite lets nobody in', async () => {
    const folder = await temporaryFolder()
    let ahead = 0
    const clock = shiftedClock(() => ahead)
    const alice = await localPeer({ dataDirectory: folder, machineName: 'nas', clock })
    await alice.client.call('swarm.create', { name: 'Studio', personName: 'alice' })
    const link = await linkOf(alice.client, { lifetime: 60_000 })
    ahead = 61_000
    const bob = await started('bob')
    await expect(bob.client.call('swarm.join', { invite: link })).rejects.toMatchObject({ code: 'INVITE_EXPIRED' })
    expect((await alice.client.call('invite.list', {})).map(({ state }) => state)).toEqual(['expired'])
  })

  test('nobody there: what was tried is said, and cancelling ends it at once', async () => {
    const alice = await swarmOf('alice')
    const link = await linkOf(alice.client)
    await alice.stop()
    const bob = await started('bob')
    await expect(bob.client.call('swarm.join', { invite: link })).rejects.toMatchObject({
      code: 'JOIN_FAILED',
      message: expect.stringMatching(/127\.0\.0\.1/) as string,
    })
    expect(await standing(bob)).toBeNull()
  })

  test('an observer reads everything and changes nothing', async () => {
    const alice = await swarmOf('alice')
    await alice.client.call('channel.create', { name: 'plans' })
    const oscar = await joined(alice, 'oscar', { role: 'observer' })
    await eventuallyPasses(async () => expect(await channels(oscar)).toEqual(['plans']))
    expect(await standing(oscar)).toMatchObject({ role: 'observer', mayWrite: false, mayInvite: [] })
    await expect(oscar.client.call('message.send', { channel: 'plans', text: 'x' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED_TO_WRITE',
    })
    await expect(oscar.client.call('invite.create', {})).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
  })

  test('a helper is a machine without a person', async () => {
    const alice = await swarmOf('alice')
    const nas = await joined(alice, 'nas', { role: 'helper' })
    await eventuallyPasses(async () => expect(await people(alice)).toEqual(['alice owner active']))
    expect(await devices(alice)).toEqual(["alice's laptop active", "nas's laptop active"])
    expect(await standing(nas)).toMatchObject({ role: 'helper', mayWrite: true })
  })
})

describe('one person, several machines', () => {
  test('a link brings a second machine in, once', async () => {
    const alice = await swarmOf('alice')
    const { link } = await alice.client.call('device.link', {})
    const desk = await started('alice')
    await desk.client.call('settings.set', { machineName: "alice's desk" })
    await desk.client.call('swarm.join', { invite: link })
    expect(await standing(desk)).toMatchObject({ role: 'owner', personName: 'alice' })
    await eventuallyPasses(async () => expect(await people(alice)).toEqual(['alice owner active']))
    expect(await devices(alice)).toEqual(["alice's desk active", "alice's laptop active"])
    const third = await started('mallory')
    await expect(third.client.call('swarm.join', { invite: link })).rejects.toMatchObject({ code: 'LINK_CLOSED' })
  })

  test('a recovery phrase brings a person back who lost the machine', async () => {
    const alice = await swarmOf('alice')
    const bob = await joined(alice, 'bob')
    const { phrase, sheet } = await alice.client.call('recovery.make', {})
    expect(sheet).toContain('murmuration://join/')
    await eventuallyPasses(async () => expect(await devices(bob)).toContain('recovery phrase active'))
    const link = await linkOf(bob.client)
    await alice.stop()
    const again = await started('alice')
    await again.client.call('settings.set', { machineName: 'new laptop' })
    await again.client.call('swarm.recover', { phrase, invite: link })
    expect(await standing(again)).toMatchObject({ role: 'owner', personName: 'alice', standing: 'active' })
    await again.client.call('device.remove', { device: "alice's laptop" })
    await eventuallyPasses(async () =>
      expect(await devices(bob)).toEqual([
        "alice's laptop removed",
        "bob's laptop active",
        'new laptop active',
        'recovery phrase active',
      ]),
    )
    // paper is no machine that anything could be on
    expect((await bob.client.call('peer.status', {})).machines.map(({ name }) => name).sort()).toEqual([
      "bob's laptop",
      'new laptop',
    ])
  })
})

describe('going', () => {
  test('a removed machine is cut off, is told so, and gets nothing newer', async () => {
    const alice = await swarmOf('alice')
    const bob = await joined(alice, 'bob')
    await alice.client.call('channel.create', { name: 'plans' })
    await eventuallyPasses(async () => expect(await channels(bob)).toEqual(['plans']))
    await bob.client.call('message.send', { channel: 'plans', text: 'from bob' })
    await eventuallyPasses(async () => expect(await texts(alice, 'plans')).toEqual(['from bob']))
    await alice.client.call('member.remove', { person: 'bob' })
    await eventuallyPasses(async () =>
      expect(await standing(bob)).toMatchObject({ standing: 'removed', endedBy: 'alice' }),
    )
    const isCutOff = async () => expect((await alice.client.call('doctor.report', {})).members).toEqual([])
    await eventuallyPasses(isCutOff, { timeout: 5_000 })
    await eventuallyPasses(async () => expect((await bob.client.call('peer.status', {})).addresses).toEqual([]))
    await alice.client.call('message.send', { channel: 'plans', text: 'after' })
    expect(await texts(bob, 'plans')).toEqual(['from bob'])
    // what bob wrote before stays with the others
    expect(await texts(alice, 'plans')).toEqual(['from bob', 'after'])
    await expect(bob.client.call('message.send', { channel: 'plans', text: 'x' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED_TO_WRITE',
    })
    const later = await restarted('bob', bob)
    expect(await standing(later)).toMatchObject({ standing: 'removed' })
    expect(await texts(later, 'plans')).toEqual(['from bob'])
  })

  test('one who was off when it was removed is told by whoever it dials', async () => {
    const alice = await swarmOf('alice')
    const bob = await joined(alice, 'bob')
    await eventuallyPasses(async () => expect(await people(bob)).toHaveLength(2))
    await bob.stop()
    await alice.client.call('member.remove', { person: 'bob' })
    const later = await started('bob', bob.folder)
    await eventuallyPasses(async () =>
      expect(await standing(later)).toMatchObject({ standing: 'removed', endedBy: 'alice' }),
    )
    expect(await neighbours(alice)).toEqual([])
    // and begins anew as another machine
    await later.client.call('swarm.forget', {})
    expect(await standing(later)).toBeNull()
    await later.client.call('swarm.join', { invite: await linkOf(alice.client) })
    await eventuallyPasses(async () =>
      expect(await people(alice)).toEqual(['alice owner active', 'bob member active', 'bob member removed']),
    )
  })

  test('leaving says so to the others; the last owner may not', async () => {
    const alice = await swarmOf('alice')
    const bob = await joined(alice, 'bob')
    await expect(alice.client.call('swarm.leave', {})).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    expect(await bob.client.call('swarm.leave', {})).toEqual({ told: 1 })
    await eventuallyPasses(async () => expect(await people(alice)).toEqual(['alice owner active', 'bob member left']))
    expect(await standing(bob)).toMatchObject({ standing: 'left' })
    await bob.client.call('swarm.forget', {})
    expect(await standing(bob)).toBeNull()
  })

  test('roles change what people may do', async () => {
    const alice = await swarmOf('alice')
    const bob = await joined(alice, 'bob')
    const carol = await joined(alice, 'carol')
    await eventuallyPasses(async () => expect(await people(bob)).toHaveLength(3))
    await expect(bob.client.call('member.remove', { person: 'carol' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' })
    await alice.client.call('member.role', { person: 'bob', role: 'admin' })
    await eventuallyPasses(async () => expect(await standing(bob)).toMatchObject({ role: 'admin' }))
    await bob.client.call('member.role', { person: 'carol', role: 'observer' })
    await eventuallyPasses(async () =>
      expect(await standing(carol)).toMatchObject({ role: 'observer', mayWrite: false }),
    )
    await bob.client.call('member.remove', { person: 'carol' })
    await eventuallyPasses(async () =>
      expect(await standing(carol)).toMatchObject({ standing: 'removed', endedBy: 'bob' }),
    )
  })
})

describe('two at once on one invite', () => {
  test('one stands, the other is suspended until somebody confirms it', async () => {
    const alice = await swarmOf('alice')
    const bob = await joined(alice, 'bob')
    await alice.client.call('member.role', { person: 'bob', role: 'admin' })
    await eventuallyPasses(async () => expect(await standing(bob)).toMatchObject({ role: 'admin' }))
    const { link } = await invite(alice.client, {})
    await bob.stop()
    const carol = await started('carol')
    await carol.client.call('swarm.join', { invite: link ?? '' })
    await carol.stop()
    await alice.stop()
    const bobAlone = await started('bob', bob.folder)
    const dave = await started('dave')
    // the link names alice; bob is found by hand
    const withBob = await linkThrough(bobAlone, link ?? '')
    await dave.client.call('swarm.join', { invite: withBob })
    const aliceAgain = await started('alice', alice.folder)
    await connect(aliceAgain, bobAlone)
    await eventuallyPasses(async () =>
      expect(await people(aliceAgain)).toEqual([
        'alice owner active',
        'bob admin active',
        'carol member active',
        'dave member suspended',
      ]),
    )
    await eventuallyPasses(async () => expect(await standing(dave)).toMatchObject({ standing: 'suspended' }))
    await aliceAgain.client.call('device.confirm', { device: "dave's laptop" })
    await eventuallyPasses(async () => expect(await standing(dave)).toMatchObject({ standing: 'active' }))
    expect(await people(dave)).toContain('dave member active')
  })
})
