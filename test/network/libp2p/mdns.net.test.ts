import { expect, test } from 'vitest'

import { describeWith } from '../../support/requires.ts'
import { startProcess } from '../../support/processes.ts'
import { allConnected, PeerProcess } from './peer.ts'

/** A network of its own, in which loopback carries multicast: nothing of it is heard outside. */
const QUIET_LAN =
  'ip link set lo up multicast on && ip route add 224.0.0.0/4 dev lo && ip addr add 10.77.0.1/24 dev lo && echo up && exec sleep 300'

describeWith('namespaces')('finding each other on the LAN', () => {
  async function lan(): Promise<readonly string[]> {
    const holder = startProcess(['-n', 'sh', '-c', QUIET_LAN], { command: 'unshare' })
    await holder.line((line) => line === 'up')
    return ['nsenter', '-t', String(holder.pid), '-n']
  }

  const listen = ['/ip4/10.77.0.1/tcp/0']

  test('N25 three peers that know nothing of each other meet by mDNS', async () => {
    const wrapper = await lan()
    const peers: PeerProcess[] = []
    for (const name of ['alice', 'bob', 'carol']) {
      peers.push(await PeerProcess.start({ name, mdns: true, listen }, { wrapper }))
    }
    await allConnected(peers, 20_000)
  })

  test('N25 a peer that restarted on another port is found again', async () => {
    const wrapper = await lan()
    const alice = await PeerProcess.start({ name: 'alice', mdns: true, listen }, { wrapper })
    const bob = await PeerProcess.start({ name: 'bob', mdns: true, listen }, { wrapper })
    await allConnected([alice, bob], 20_000)
    await bob.process.kill9()
    const again = await PeerProcess.start({ name: 'bob', mdns: true, listen }, { wrapper })
    expect(again.addresses).not.toEqual(bob.addresses)
    await allConnected([alice, again], 20_000)
  })

  test('N25 peers of another swarm are neither looked for nor found', async () => {
    const wrapper = await lan()
    const alice = await PeerProcess.start({ name: 'alice', mdns: true, listen }, { wrapper })
    const bob = await PeerProcess.start({ name: 'bob', mdns: true, listen }, { wrapper })
    const mallory = await PeerProcess.start({ name: 'mallory', mdns: true, listen, swarm: 'another' }, { wrapper })
    await allConnected([alice, bob], 20_000)
    expect(await mallory.neighbours()).toEqual([])
    expect(await alice.neighbours()).toEqual([bob.device])
  })
})
