import { randomBytes } from 'node:crypto'

import { expect, test } from 'vitest'

import type { JoinRequest } from '../../src/identity/roster/index.ts'
import { encodeAct, encodeInviteLink, requestJoin } from '../../src/identity/roster/index.ts'
import { eventually } from '../support/eventually.ts'
import { localPeer } from '../peer/local-peer.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { Adversary, GATE, PROTOCOLS } from './adversary.ts'
import { gateFrame, passByHand } from './gate-by-hand.ts'
import type { Victims } from './victims.ts'
import { victims } from './victims.ts'
import { framed } from './wire.ts'

const joinBytes = (join: JoinRequest): Uint8Array =>
  encodeAct({ kind: 'person.admit', id: new Uint8Array(16), ...join })

/** What a peer would have to tell to give anything away. */
function secretsOf({ alice, bob, space }: Victims): readonly Buffer[] {
  return [
    ...['Studio', 'alice', 'bob', 'plans', alice.device, bob.device].map((text) => Buffer.from(text)),
    Buffer.from(space),
  ]
}

const people = async ({ alice }: Victims): Promise<readonly string[]> =>
  (await alice.client.call('member.list', {})).people.map(({ name }) => name).sort()

test('a stranger that asks for everything learns not even the name of the swarm', async () => {
  const all = await victims()
  const mallory = await Adversary.start()
  await all.during(async () => {
    for (const protocol of PROTOCOLS) {
      const connection = await mallory.dial(all.address)
      const wires = await Promise.all(
        [GATE, protocol].map((name) => mallory.open(connection, name).catch(() => undefined)),
      )
      const questions = [gateFrame({ nonce: randomBytes(32) }), gateFrame({ proof: randomBytes(32) }), randomBytes(64)]
      for (const question of questions) for (const wire of wires) await wire?.send(question)
      await eventually(() => connection.status !== 'open', { what: 'to be sent away' })
    }
  })
  // one nonce for each gate that was begun, and nothing else
  expect(mallory.received.length).toBeGreaterThan(0)
  expect(mallory.received.length).toBeLessThan(PROTOCOLS.length * 64)
  for (const secret of secretsOf(all)) expect(mallory.received.includes(secret)).toBe(false)
})

test('who bears an invite that is used up learns no name, no member and no address, whatever it says', async () => {
  const all = await victims()
  const { grant, seed, space } = await all.invite({ uses: 1 })
  const carol = await Adversary.start()
  const options = { space: all.space, peer: all.alice.device }
  const join = requestJoin({ space, grant, seed, key: carol.key, person: 'carol', machine: 'laptop' })
  const entry = await passByHand(await carol.open(await carol.dial(all.address), GATE), {
    ...options,
    self: carol.key.device,
    word: { standing: 'unknown', join: joinBytes(join) },
  })
  expect(entry.passed).toBe(true)
  const mallory = await Adversary.start()
  const late = requestJoin({ space, grant, seed, key: mallory.key, person: 'mallory', machine: 'x' })
  const words = [
    { standing: 'unknown', join: joinBytes(late) },
    { standing: 'unknown' },
    { standing: 'active' },
    { standing: 'unknown', member: randomBytes(32) },
    { standing: 'active', member: randomBytes(32), shown: true },
  ]
  for (const word of words) {
    const wire = await mallory.open(await mallory.dial(all.address), GATE)
    const { passed, shown } = await passByHand(wire, { ...options, self: mallory.key.device, word })
    expect([passed, shown]).toEqual([false, []])
    // until it is sent away: what is said after the answer counts, too
    while ((await wire.next()) !== undefined) continue
    expect(wire.isOpen).toBe(false)
  }
  for (const secret of secretsOf(all)) expect(mallory.received.includes(secret)).toBe(false)
})

test('a recorded request to join lets in nobody but the one who made it, and only once', async () => {
  const all = await victims()
  const { grant, seed, space } = await all.invite({ uses: 1 })
  const [carol, mallory] = [await Adversary.start(), await Adversary.start()]
  const join = requestJoin({ space, grant, seed, key: carol.key, person: 'carol', machine: 'laptop' })
  const say = async (by: Adversary, request: JoinRequest) =>
    await passByHand(await by.open(await by.dial(all.address), GATE), {
      space: all.space,
      self: by.key.device,
      peer: all.alice.device,
      word: { standing: 'unknown', join: joinBytes(request) },
    })
  expect((await say(mallory, join)).answer).toMatchObject({ refusal: 'forged' })
  expect((await say(mallory, { ...join, device: mallory.key.device })).answer).toMatchObject({ refusal: 'forged' })
  expect((await say(carol, { ...join, role: 'owner' })).answer).toMatchObject({ refusal: 'forged' })
  expect(await people(all)).toEqual(['alice', 'bob'])
  expect((await say(carol, join)).passed).toBe(true)
  const own = requestJoin({ space, grant, seed, key: mallory.key, person: 'mallory', machine: 'x' })
  expect((await say(mallory, own)).answer).toMatchObject({ refusal: 'used' })
  expect(await people(all)).toEqual(['alice', 'bob', 'carol'])
})

test('a flood of joins, thousands from one address and hundreds with fresh keys, disturbs nobody', async () => {
  const all = await victims()
  const { grant, space } = await all.invite()
  let tried = 0
  const knock = async (by: Adversary): Promise<void> => {
    tried++
    const connection = await by.dial(all.address)
    try {
      const wire = await by.open(connection, GATE)
      // it knows which swarm it is, and has no invite that holds
      const request = requestJoin({ space, grant, seed: randomBytes(16), key: by.key, person: 'x', machine: 'x' })
      const word = { standing: 'unknown', join: joinBytes(request) }
      await passByHand(wire, { space: all.space, self: by.key.device, peer: all.alice.device, word })
    } finally {
      connection.abort(new Error('next'))
    }
  }
  const flood = async (keys: number, each: number, until: number): Promise<void> => {
    for (let key = 0; key < keys && performance.now() < until; key++) {
      const mallory = await Adversary.start()
      for (let at = 0; at < each && performance.now() < until; at += 8)
        await Promise.allSettled(Array.from({ length: 8 }, () => knock(mallory)))
      await mallory.node.stop()
    }
  }
  await all.during(async () => {
    await flood(1, 2_000, performance.now() + 7_000)
    await flood(200, 8, performance.now() + 7_000)
  })
  expect(tried).toBeGreaterThan(500)
  expect(await people(all)).toEqual(['alice', 'bob'])
  // members come and go meanwhile as ever
  await all.bob.client.call('peer.connect', { address: all.address })
  await all.exchange()
})

test('a hundred that stand at the gate and say nothing, or a byte at a time, keep no member out', async () => {
  const all = await victims()
  const dataDirectory = await temporaryFolder()
  const carol = await localPeer({ dataDirectory, machineName: 'carol' })
  await carol.client.call('swarm.join', { invite: encodeInviteLink(await all.invite()) })
  await carol.stop()
  const [silent, slow] = [await Adversary.start(), await Adversary.start()]
  await all.during(async () => {
    const wires = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const by = index % 2 === 0 ? silent : slow
        const connection = await by.dial(all.address).catch(() => undefined)
        const wire = connection && (await by.open(connection, GATE).catch(() => undefined))
        return by === slow ? wire : undefined
      }),
    )
    const drip = framed(gateFrame({ nonce: randomBytes(32) }))
    for (let at = 0; at < 20; at++) {
      for (const wire of wires) await wire?.raw(drip.subarray(at, at + 1))
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    // whoever was here before is let in, whoever else stands there
    const again = await localPeer({ dataDirectory, machineName: 'carol' })
    await again.client.call('peer.connect', { address: all.address })
    expect((await again.client.call('doctor.report', {})).members.some(({ connection }) => connection !== null)).toBe(
      true,
    )
  })
})

test.each([
  ['a frame that claims 4 GiB', framed(new Uint8Array(10), 0xffff_ffff)],
  ['a frame that claims a mebibyte and does not come', framed(new Uint8Array(10), 1_048_576)],
  ['eight mebibytes of noise', randomBytes(8 * 1024 * 1024)],
  ['a map of a million keys', framed(Buffer.concat([Uint8Array.of(0xba, 0, 15, 66, 64), new Uint8Array(240)]))],
  ['a nest of lists', framed(new Uint8Array(250).fill(0x81))],
])('%s before the gate ends that connection and nothing else', async (_, bytes) => {
  const all = await victims()
  const mallory = await Adversary.start()
  await all.during(async () => {
    for (const protocol of PROTOCOLS) {
      const connection = await mallory.dial(all.address)
      const wire = await mallory.open(connection, protocol).catch(() => undefined)
      for (let at = 0; at < bytes.length; at += 65_536) if (!(await wire?.raw(bytes.subarray(at, at + 65_536)))) break
      connection.abort(new Error('next'))
    }
  })
})
