import { kill } from 'node:process'

import { describe, expect, test } from 'vitest'

import { eventually } from '../../support/eventually.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { CuttableProxy, freePort } from './cuttable-proxy.ts'
import { allConnected, PeerProcess } from './peer.ts'

/** "Back within 5 s", and what a busy test machine takes on top. */
const BACK_MS = 5000
const BUSY_MS = 3000

/** A peer that can be reached through a cable only. */
async function startBehindCable(name: string): Promise<readonly [PeerProcess, CuttableProxy]> {
  const port = await freePort()
  const cable = await CuttableProxy.to(port)
  const peer = await PeerProcess.start({
    name,
    listen: [`/ip4/127.0.0.1/tcp/${port}`],
    announce: [`/ip4/127.0.0.1/tcp/${cable.port}`],
  })
  return [peer, cable]
}

/** Lets real time pass where its passing is what is tested. */
async function nothingFor(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}

describe('coming back, in processes of their own', () => {
  test('N22 N20 a peer that hangs is noticed, and back soon after it goes on', async () => {
    const alice = await PeerProcess.start({ name: 'alice' })
    const bob = await PeerProcess.start({ name: 'bob' })
    await alice.connect(bob)
    await allConnected([alice, bob])

    kill(bob.process.pid, 'SIGSTOP')
    const hungAt = Date.now()
    await eventually(() => alice.events('disconnected').length > 0, { timeout: 3000 + BUSY_MS, what: 'alice notices' })
    expect(Date.now() - hungAt).toBeGreaterThan(1500)
    // Long enough for several dials to hang in it.
    await nothingFor(4000)
    kill(bob.process.pid, 'SIGCONT')
    await allConnected([alice, bob], BACK_MS + BUSY_MS)
  })

  test('N20 N22 after a cut of ten seconds they are back within 5 s', async () => {
    const [alice, aliceCable] = await startBehindCable('alice')
    const [bob, bobCable] = await startBehindCable('bob')
    await alice.connect(bob)
    await allConnected([alice, bob])

    for (const cable of [aliceCable, bobCable]) cable.cut()
    await nothingFor(10_000)
    expect(alice.events('disconnected')).not.toEqual([])
    expect(bob.events('disconnected')).not.toEqual([])
    for (const cable of [aliceCable, bobCable]) cable.heal()
    await allConnected([alice, bob], BACK_MS + BUSY_MS)
  })

  test('N20 N21 two that are cut from each other alone are back within 5 s, too, as a third still sees both', async () => {
    const [alice, aliceCable] = await startBehindCable('alice')
    const [bob, bobCable] = await startBehindCable('bob')
    const carol = await PeerProcess.start({ name: 'carol' })
    await alice.connect(carol)
    await bob.connect(carol)
    await allConnected([alice, bob, carol])
    // Carol has no cable, and both dialled her, so only what goes between alice and bob is cut.
    for (const cable of [aliceCable, bobCable]) cable.cut()
    await eventually(() => alice.events('disconnected', bob.device).length > 0, { what: 'alice notices' })
    await nothingFor(6000)
    expect(alice.events('disconnected', carol.device)).toEqual([])
    for (const cable of [aliceCable, bobCable]) cable.heal()
    await allConnected([alice, bob, carol], BACK_MS + BUSY_MS)
  })

  test('N21 N20 a machine that restarts on a new port is found again by everybody through anybody', async () => {
    const alice = await PeerProcess.start({ name: 'alice' })
    const bob = await PeerProcess.start({ name: 'bob' })
    const carol = await PeerProcess.start({ name: 'carol' })
    await alice.connect(bob)
    await alice.connect(carol)
    await allConnected([alice, bob, carol])

    await carol.process.kill9()
    await eventually(() => [alice, bob].every((peer) => peer.events('disconnected', carol.device).length > 0), {
      what: 'carol is missed',
    })
    // Without its store it knows nobody; one address of one member is all it is told.
    const again = await PeerProcess.start({ name: 'carol' })
    expect(again.addresses).not.toEqual(carol.addresses)
    await again.do({ do: 'remember', addresses: bob.addresses })
    await allConnected([alice, bob, again], BACK_MS + BUSY_MS)
  })

  test('N27 N24 all restart at the same time, and find each other from what they remember', async () => {
    const names = ['alice', 'bob', 'carol'] as const
    const folders = await Promise.all(names.map((name) => temporaryFolder(name)))
    const start = (): Promise<PeerProcess[]> =>
      Promise.all(names.map((name, i) => PeerProcess.start({ name, folder: folders[i] ?? '' })))
    const before = await start()
    const [alice, bob, carol] = before
    if (alice === undefined || bob === undefined || carol === undefined) throw new Error('unreachable')
    await alice.connect(bob)
    await bob.connect(carol)
    await allConnected(before)
    for (const peer of before) await peer.stop()

    const after = await start()
    await allConnected(after, BACK_MS + BUSY_MS)
    expect(after.map(({ addresses }) => addresses)).toEqual(before.map(({ addresses }) => addresses))
  })

  test('N27 a port that was taken meanwhile is no obstacle', async () => {
    const folder = await temporaryFolder('bob')
    const alice = await PeerProcess.start({ name: 'alice' })
    const bob = await PeerProcess.start({ name: 'bob', folder })
    // What they tell each other of where they are may still be under way when one of them stops.
    await bob.do({ do: 'remember', addresses: alice.addresses })
    await alice.connect(bob)
    await allConnected([alice, bob])
    await bob.stop()
    const [place = ''] = (bob.addresses[0] ?? '').split('/p2p/')
    const squatter = await PeerProcess.start({ name: 'carol', listen: [place] })
    const again = await PeerProcess.start({ name: 'bob', folder })
    expect(again.addresses).not.toEqual(bob.addresses)
    await allConnected([alice, again], BACK_MS + BUSY_MS)
    expect(squatter.addresses[0]).toContain(place)
  })

  test('N22 peers stay connected: sixteen seconds with nothing to say', async () => {
    const alice = await PeerProcess.start({ name: 'alice' })
    const bob = await PeerProcess.start({ name: 'bob' })
    await alice.connect(bob)
    await allConnected([alice, bob])
    await nothingFor(16_000)
    for (const [peer, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      expect(peer.events('disconnected')).toEqual([])
      expect(await peer.neighbours()).toEqual([other.device])
      const [link] = await peer.do<{ roundTrip?: number }[]>({ do: 'peers' })
      expect(link?.roundTrip).toBeLessThan(1000)
    }
  })

  test('N23 N1 both dial at once, ten times: each time one connection, and it works', async () => {
    const alice = await PeerProcess.start({ name: 'alice' })
    const bob = await PeerProcess.start({ name: 'bob' })
    for (let round = 0; round < 10; round++) {
      await Promise.all([alice.connect(bob), bob.connect(alice)])
      await allConnected([alice, bob])
      await alice.do({ do: 'echo', device: bob.device, count: 3, size: 100 })
      await bob.do({ do: 'restart' })
    }
  })
})
