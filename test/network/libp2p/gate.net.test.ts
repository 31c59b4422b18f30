import { createLibp2p } from 'libp2p'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { gossipsub } from '@chainsafe/libp2p-gossipsub'
import { identify } from '@libp2p/identify'
import type { Connection } from '@libp2p/interface'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

import { utf8 } from '../../../src/base/bytes.ts'
import { GATE_PROTOCOL } from '../../../src/network/libp2p/constants.ts'
import type { Gate, Network } from '../../../src/network/network.ts'
import { eventually } from '../../support/eventually.ts'
import { checkLeaks } from '../../support/leak-check.ts'
import { passwordGate } from './identities.ts'
import { Libp2pLab } from './lab.ts'

const PROTOCOL = '/murmuration/test/secret/1'

/** A libp2p peer as anybody can build one: it speaks all the protocols and does not know the password. */
async function stranger() {
  const node = await createLibp2p({
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: {
      identify: identify(),
      ping: ping(),
      gossip: gossipsub({ allowPublishToZeroTopicPeers: true, globalSignaturePolicy: 'StrictNoSign' }),
    },
  })
  onTestFinished(() => node.stop())
  return node
}

describe('strangers at the gate', () => {
  let lab: Libp2pLab
  let alice: Network
  let served: string[]
  beforeEach(async () => {
    lab = new Libp2pLab()
    served = []
    alice = lab.make('alice', { gate: passwordGate('starling') })
    alice.handle(PROTOCOL, async () => {
      served.push('stream')
    })
    alice.subscribe('secret topic', () => served.push('gossip'))
    alice.events.on('peer:connected', () => served.push('connected'))
    await alice.start()
  })
  afterEach(async () => {
    await lab.end()
  })

  const address = (): ReturnType<typeof multiaddr> => multiaddr(alice.addresses()[0] ?? '')
  const closed = (connection: Connection): Promise<boolean> => eventually(() => connection.status !== 'open')

  test('N5 a peer without the password gets nothing: no stream, no topic, no name, and is sent away', async () => {
    checkLeaks()
    const mallory = await stranger()
    mallory.services.gossip.subscribe('secret topic')
    const seen: string[] = []
    mallory.services.gossip.addEventListener('subscription-change', (event) =>
      seen.push(...event.detail.subscriptions.map(({ topic }) => topic)),
    )
    const identified: string[] = []
    mallory.addEventListener('peer:identify', (event) => identified.push(event.detail.agentVersion ?? 'nameless'))
    const connection = await mallory.dial(address())
    const answers = await Promise.allSettled([
      connection.newStream(PROTOCOL).then(async (stream) => {
        stream.send(utf8('hello'))
        for await (const bytes of stream) return bytes
        throw new Error('the stream ended')
      }),
      mallory.services.ping.ping(alice.device as never),
      mallory.services.gossip.publish('secret topic', utf8('spam')),
    ])
    expect(answers[0].status).toBe('rejected')
    expect(answers[1].status).toBe('rejected')
    await closed(connection)
    await lab.pass(300)
    expect(served).toEqual([])
    expect(alice.peers()).toEqual([])
    expect(seen).toEqual([])
    expect(identified).toEqual([])
    expect(await alice.publish('secret topic', utf8('for members'))).toBe(0)
  })

  test('N4 a peer that says the wrong word is sent away at once', async () => {
    const mallory = await stranger()
    const connection = await mallory.dial(address())
    const stream = await connection.newStream(GATE_PROTOCOL)
    stream.send(Uint8Array.of(0, 0, 0, 4, ...utf8('crow')))
    await closed(connection)
    expect(served).toEqual([])
  })

  test.each([
    ['garbage', new Uint8Array(5000).fill(255)],
    ['an empty frame', new Uint8Array(4)],
    ['the verdict before the word', Uint8Array.of(0, 0, 0, 1, 1)],
  ])('N4 %s at the gate ends the connection', async (_, bytes) => {
    const mallory = await stranger()
    const connection = await mallory.dial(address())
    const stream = await connection.newStream(GATE_PROTOCOL)
    stream.send(bytes)
    await closed(connection)
    expect(served).toEqual([])
  })

  test('N4 a peer that says nothing is sent away after 10 s', async () => {
    const mallory = await stranger()
    const began = Date.now()
    const connection = await mallory.dial(address())
    await closed(connection)
    expect(Date.now() - began).toBeGreaterThan(9000)
    expect(served).toEqual([])
  })

  test('N5 a stranger cannot open a second gate, nor more streams than a few', async () => {
    const mallory = await stranger()
    const connection = await mallory.dial(address())
    await connection.newStream(GATE_PROTOCOL)
    const streams = await Promise.all(
      Array.from({ length: 20 }, () => connection.newStream(PROTOCOL, { maxOutboundStreams: 100 })),
    )
    await eventually(() => streams.filter(({ status }) => status === 'open').length <= 8, { what: 'the rest is reset' })
    const second = await connection.newStream(GATE_PROTOCOL)
    await eventually(() => second.status !== 'open', { what: 'the second gate is reset' })
    expect(served).toEqual([])
  })

  test('N5 what a stranger sends into a held stream is bounded', async () => {
    const mallory = await stranger()
    const connection = await mallory.dial(address())
    const stream = await connection.newStream(PROTOCOL)
    stream.send(new Uint8Array(100_000))
    await eventually(() => stream.status !== 'open', { what: 'the stream is reset' })
    expect(served).toEqual([])
  })

  test('N30 who fails too often is not even heard, while a member that was here before is', async () => {
    const bob = lab.make('bob', { gate: passwordGate('starling') })
    await bob.start()
    await bob.connect(alice.addresses())
    await bob.stop()
    for (let i = 0; i < 3; i++) {
      await Promise.allSettled(
        Array.from({ length: 12 }, async () => {
          const mallory = await stranger()
          const connection = await mallory.dial(address())
          const stream = await connection.newStream(GATE_PROTOCOL)
          stream.send(Uint8Array.of(0, 0, 0, 4, ...utf8('crow')))
          await closed(connection)
          await mallory.stop()
        }),
      )
    }
    const mallory = await stranger()
    const late = await mallory.dial(address()).then(
      async (connection) => await closed(connection),
      () => true,
    )
    expect(late).toBe(true)
    await bob.start()
    expect(await bob.connect(alice.addresses())).toBe(alice.device)
    expect(served).toEqual(['connected', 'connected'])
  })

  test('N4 a gate that takes its time is not disturbed by a second dial, whoever dials', async () => {
    const words = 8
    let begun = 0
    const slow: Gate = async (stream, side) => {
      begun++
      if (side === 'dialler') {
        for (let i = 0; i < words; i++) {
          await lab.pass(1000)
          await stream.send(utf8(`word ${i}`))
          await stream[Symbol.asyncIterator]().next()
        }
        return
      }
      let heard = 0
      for await (const _ of stream) {
        heard++
        await stream.send(utf8('go on'))
        if (heard === words) return
      }
      throw new Error('not all was said')
    }
    const [one, other, third, fourth] = ['one', 'other', 'third', 'fourth'].map((name) =>
      lab.make(name, { gate: slow }),
    )
    if (one === undefined || other === undefined || third === undefined || fourth === undefined)
      throw new Error('unreachable')
    // In one pair the dialler has the lower id, in the other the higher.
    const [low, high] = one.device < other.device ? [one, other] : [other, one]
    const [low2, high2] = third.device < fourth.device ? [third, fourth] : [fourth, third]
    await Promise.all([low, high, low2, high2].map((network) => network.start()))
    low.remember(high.addresses())
    high2.remember(low2.addresses())
    await lab.until(() => low.peers().length + high2.peers().length === 2, 'both are connected')
    expect(begun).toBe(4)
  })
})
