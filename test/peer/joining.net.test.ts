import { join } from 'node:path'

import { expect, test } from 'vitest'

import { codeOf } from '../../src/base/errors.ts'
import { systemRandom } from '../../src/base/random.ts'
import { decodeInviteLink, encodeInviteLink } from '../../src/identity/roster/index.ts'
import { eventually, eventuallyPasses } from '../support/eventually.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import type { LocalPeer } from './local-peer.ts'
import { localPeer } from './local-peer.ts'
import { RealPeer, swarmOf } from './real-peer.ts'

const STORM = 20
const ROUNDS = 10
/** A join takes some 200 ms here: the kill comes anywhere in it. */
const KILL_WITHIN_MS = 300

/** The same invite as somebody passes it on who knows where another member is. */
async function through(member: LocalPeer | RealPeer, invite: string): Promise<string> {
  const { addresses } = await member.client.call('peer.status', {})
  return encodeInviteLink({ ...decodeInviteLink(invite), addresses })
}

async function standings({ client }: LocalPeer | RealPeer): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {}
  for (const { standing } of (await client.call('member.list', {})).people) {
    counts[standing] = (counts[standing] ?? 0) + 1
  }
  return counts
}

/** false: it was tried for too long. */
async function hasEntered(
  { client }: LocalPeer,
  asked: { readonly invite: string; readonly personName: string },
): Promise<boolean> {
  try {
    await client.call('swarm.join', asked)
    return true
  } catch (error) {
    expect(codeOf(error)).toBe('JOIN_FAILED')
    return false
  }
}

test(
  'twenty who come in at once by one invite, at three members, are all members for everybody',
  { timeout: 180_000 },
  async () => {
    const root = await temporaryFolder('storm')
    const started = async (name: string): Promise<LocalPeer> =>
      await localPeer({ dataDirectory: join(root, name), machineName: name })
    const alice = await started('alice')
    await alice.client.call('swarm.create', { name: 'Studio', personName: 'alice' })
    const doors = [alice, await started('bob'), await started('carol')]
    const first = (await alice.client.call('invite.create', { uses: 2 })).link ?? ''
    for (const door of doors.slice(1)) await door.client.call('swarm.join', { invite: first })
    await eventuallyPasses(async () => {
      for (const door of doors) expect(await standings(door)).toEqual({ active: 3 })
    })
    const invite = (await alice.client.call('invite.create', { uses: STORM })).link ?? ''
    const links = await Promise.all(doors.map((door) => through(door, invite)))
    const comers = await Promise.all(Array.from({ length: STORM }, (_, index) => started(`n${index}`)))
    await Promise.all(
      comers.map(async (comer, index) => {
        const asked = { invite: links[index % links.length] ?? '', personName: `n${index}` }
        // On a machine that is busy one may have to ask again.
        while (!(await hasEntered(comer, asked)));
      }),
    )
    await eventuallyPasses(
      async () => {
        for (const peer of [...doors, ...comers]) expect(await standings(peer)).toEqual({ active: STORM + 3 })
      },
      { timeout: 60_000, what: 'everybody known to everybody' },
    )
    expect((await alice.client.call('invite.list', {})).find(({ uses }) => uses === STORM)).toMatchObject({
      state: 'used',
      used: STORM,
    })
    // one more than it lets in
    const late = await started('late')
    await expect(late.client.call('swarm.join', { invite: links[1] ?? '' })).rejects.toMatchObject({
      code: 'INVITE_USED',
    })
  },
)

/** Whether this machine is in a swarm, and is a member where it is. */
async function isIn(peer: RealPeer): Promise<boolean> {
  const { swarm } = await peer.status()
  if (swarm === null) return false
  expect(swarm).toMatchObject({ standing: 'active', role: 'member' })
  return true
}

async function people(peer: RealPeer): Promise<readonly string[]> {
  const { people: all } = await peer.client.call('member.list', {})
  return all.map(({ name, role, standing }) => `${name} ${role} ${standing}`).sort()
}

test(
  'over ten kills with -9 in the middle of coming in, of who comes or of who lets in, one is a member or is not, and may try again',
  { timeout: 240_000 },
  async () => {
    const root = await temporaryFolder('midway')
    let [alice] = await swarmOf(['alice'], { root })
    if (alice === undefined) throw new Error('no peer')
    const expected = ['alice owner active']
    for (let round = 0; round < ROUNDS; round++) {
      const name = `n${round}`
      const folder = join(root, name)
      const invite = await alice.invite()
      let comer = await RealPeer.up({ folder, name })
      const joining = comer.client.call('swarm.join', { invite, personName: name }).then(
        () => true,
        () => false,
      )
      await new Promise((resolve) => setTimeout(resolve, systemRandom.below(KILL_WITHIN_MS)))
      if (round % 2 === 0) {
        await comer.kill9()
        await joining
        comer = await RealPeer.up({ folder, name })
        // It had not kept yet that it was in: the person uses the same invite again.
        if (!(await isIn(comer))) await comer.client.call('swarm.join', { invite, personName: name })
      } else {
        await alice.kill9()
        alice = await RealPeer.up({ folder: alice.folder })
        if (!(await joining)) {
          expect((await comer.status()).swarm).toBeNull()
          await comer.client.call('swarm.join', { invite: await through(alice, invite), personName: name })
        }
      }
      expected.push(`${name} member active`)
      const [admitter, newcomer] = [alice, comer]
      await eventually(() => isIn(newcomer), { what: `${name} in` })
      await eventuallyPasses(async () => {
        const all = [...expected].sort()
        expect([await people(admitter), await people(newcomer)]).toEqual([all, all])
      })
      await writeToEachOther(admitter, newcomer)
      await comer.stop()
    }
  },
)

/** What one writes reaches the other. */
async function writeToEachOther(one: RealPeer, other: RealPeer): Promise<void> {
  const { id } = await one.client.call('channel.create', { name: `with-${other.device.slice(-5)}` })
  await other.client.call('message.send', { channel: await channelAt(other, id), text: 'here' })
  await eventuallyPasses(async () => expect(await one.texts(id)).toEqual(['here']))
}

async function channelAt(peer: RealPeer, id: string): Promise<string> {
  await eventually(async () => (await peer.client.call('channel.list', {})).some((channel) => channel.id === id))
  return id
}
