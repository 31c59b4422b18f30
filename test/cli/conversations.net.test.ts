import { describe, expect, onTestFinished, test } from 'vitest'

import type { Message } from '../../src/api/contract/index.ts'
import { createPeer } from '../../src/peer/create-peer.ts'
import { eventuallyPasses } from '../support/eventually.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { FOLDER, Machine } from './harness.ts'

/** A machine whose folder has a real peer, and what its person types. */
async function machineOf(name: string) {
  const machine = new Machine()
  const peer = await createPeer({
    dataDirectory: await temporaryFolder(),
    machineName: `${name}'s laptop`,
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
  })
  onTestFinished(() => peer.stop())
  machine.running.set(FOLDER, peer)
  const run = async (...args: readonly string[]): Promise<string> => {
    const { status, stderr, stdout } = await machine.run(args)
    return status === 0 ? stdout : stderr
  }
  const texts = async (channel: string): Promise<readonly string[]> => {
    const said = await run('read', channel, '--json')
    return (JSON.parse(said) as readonly Message[]).map(({ author, text }) => `${author}: ${text}`)
  }
  return { run, texts }
}

async function swarmOfThree() {
  const alice = await machineOf('alice')
  const made = JSON.parse(await alice.run('swarm', 'create', 'Studio', '--as', 'alice', '--json')) as { invite: string }
  const others = []
  for (const name of ['bob', 'carol']) {
    const machine = await machineOf(name)
    await machine.run('join', made.invite, '--as', name)
    others.push(machine)
  }
  const [bob, carol] = others
  if (bob === undefined || carol === undefined) throw new Error('three machines were to be made')
  for (const machine of [alice, bob, carol]) {
    await eventuallyPasses(async () => {
      const members = JSON.parse(await machine.run('member', 'list', '--json')) as readonly { name: string }[]
      expect(members.map(({ name }) => name).sort()).toEqual(['alice', 'bob', 'carol'])
    })
  }
  return { alice, bob, carol }
}

describe('conversations by the command line, among real peers', () => {
  test('people write to each other, and to several, and mistyped names are answered with the nearest', async () => {
    const { alice, bob, carol } = await swarmOfThree()
    expect(await alice.run('read', '@bob')).toBe(
      'murmuration: There is no conversation "@bob" here. Begin one by sending a message there.\n',
    )
    expect(await alice.run('send', '@bobb', 'hello')).toContain('did you mean "bob"?')
    expect(await alice.run('send', '@bob', 'between us')).toBe('Sent.\n')
    await eventuallyPasses(async () => expect(await bob.texts('@alice')).toEqual(['alice: between us']))
    await bob.run('send', '@alice,carol', 'the three of us')
    await eventuallyPasses(async () => expect(await carol.texts('@bob, alice')).toEqual(['bob: the three of us']))
    expect(await alice.run('read', '@bobb')).toContain('Did you mean "@bob"?')
    expect(await alice.run('channel', 'list')).toMatch(/^@bob +just now +direct$/m)
    expect(await carol.run('channel', 'list')).not.toContain('between')
    expect((await carol.run('channel', 'list')).split('\n')).toHaveLength(3)
  })

  test('a private channel is made, joined, parted from and left', async () => {
    const { alice, bob, carol } = await swarmOfThree()
    await alice.run('channel', 'create', 'general')
    await alice.run('channel', 'create', 'surprise', '--with', 'bob')
    await alice.run('send', 'surprise', 'a cake')
    await eventuallyPasses(async () => expect(await bob.texts('surprise')).toEqual(['alice: a cake']))
    expect(await bob.run('read', 'suprise')).toContain('Did you mean "surprise"?')
    expect(await bob.run('channel', 'add', 'suprise', 'carol')).toContain('Did you mean "surprise"?')
    expect(await bob.run('channel', 'add', 'general', 'carol')).toContain('only private channels')
    expect(await bob.run('channel', 'add', 'surprise', 'carol')).toContain('carol is in surprise now')
    await eventuallyPasses(async () => expect(await carol.texts('surprise')).toEqual(['alice: a cake']))
    expect(await bob.run('channel', 'remove', 'surprise', 'carol')).toContain('only who made the channel')
    await alice.run('channel', 'remove', 'surprise', 'carol')
    await eventuallyPasses(async () =>
      expect(await carol.run('channel', 'list')).toContain('private: alice, bob (you are not in it any more)'),
    )
    expect(await carol.run('send', 'surprise', 'still here?')).toContain('you are not in this conversation any more')
    expect(await bob.run('channel', 'leave', 'surprise')).toBe('You have left surprise.\n')
    expect(await bob.run('channel', 'list')).not.toContain('surprise')
    await eventuallyPasses(async () => expect(await alice.run('channel', 'list')).toMatch(/private: alice$/m))
  })
})
