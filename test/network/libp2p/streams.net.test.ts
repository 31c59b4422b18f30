import { multiaddr } from '@multiformats/multiaddr'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

import { MAX_UNSENT_BYTES } from '../../../src/network/libp2p/constants.ts'
import { Libp2pMessageStream } from '../../../src/network/libp2p/message-stream.ts'
import type { MessageStream, Network } from '../../../src/network/network.ts'
import { MAX_FRAME_BYTES } from '../../../src/network/network.ts'
import { eventually } from '../../support/eventually.ts'
import { checkLeaks } from '../../support/leak-check.ts'
import { CuttableProxy } from './cuttable-proxy.ts'
import { Libp2pLab } from './lab.ts'

const PROTOCOL = '/murmuration/test/bulk/1'

describe('streams over libp2p', () => {
  let lab: Libp2pLab
  let alice: Network
  let bob: Network
  let far: MessageStream | undefined
  beforeEach(async () => {
    lab = new Libp2pLab()
    alice = lab.make('alice')
    bob = lab.make('bob')
    far = undefined
    bob.handle(PROTOCOL, async (stream) => {
      far = stream
    })
    await alice.start()
    await bob.start()
    await alice.connect(bob.addresses())
    await eventually(() => bob.peers().length === 1)
  })
  afterEach(async () => {
    await lab.end()
  })

  async function open(): Promise<Libp2pMessageStream> {
    const stream = await alice.openStream(bob.device, PROTOCOL)
    if (!(stream instanceof Libp2pMessageStream)) throw new Error('unexpected')
    await eventually(() => far)
    return stream
  }

  test('N13 two hundred megabytes: neither side ever holds more than its bounds', async () => {
    checkLeaks()
    const near = await open()
    const frame = new Uint8Array(256 * 1024).fill(7)
    const count = 800
    let most = 0
    let received = 0
    const sending = (async () => {
      for (let i = 0; i < count; i++) {
        await near.send(frame)
        most = Math.max(most, near.unsentBytes)
      }
      await near.close()
    })()
    if (far === undefined) throw new Error('unreachable')
    const before = process.memoryUsage().arrayBuffers
    let held = 0
    for await (const bytes of far) {
      received += bytes.length
      if (received % (40 * frame.length) === 0) held = Math.max(held, process.memoryUsage().arrayBuffers - before)
      // A reader that does other work now and then.
      if (received % (8 * frame.length) === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await sending
    expect(received).toBe(count * frame.length)
    expect(most).toBeLessThanOrEqual(MAX_UNSENT_BYTES + frame.length + 4)
    // Both ends live in this process, and garbage is not collected at once.
    expect(held).toBeLessThan(150e6)
  })

  test('N13 a sender that does not wait loses its stream before the memory of the process', async () => {
    const near = await open()
    const frame = new Uint8Array(1_000_000)
    const sends = Array.from({ length: 60 }, () => near.send(frame))
    const results = await Promise.allSettled(sends)
    expect(results.some(({ status }) => status === 'rejected')).toBe(true)
    expect(near.signal.aborted).toBe(true)
    expect(near.unsentBytes).toBe(0)
    expect(alice.peers()).toHaveLength(1)
  })

  test('N12 a hostile peer that claims a longer frame ends its stream, not the connection', async () => {
    const evil = await rawStream()
    evil.send(Uint8Array.of(0x7f, 0xff, 0xff, 0xff))
    await eventually(() => far?.signal.aborted, { what: 'the stream ended' })
    await expect(far?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'STREAM_CLOSED' })
    await eventually(() => evil.status !== 'open')
  })

  test('N12 a stream that breaks off inside a frame is no clean end', async () => {
    const evil = await rawStream()
    evil.send(Uint8Array.of(0, 0, 0, 9, 1, 2, 3))
    await evil.close()
    await eventually(() => far)
    await expect(far?.[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'STREAM_CLOSED' })
  })

  test('N10 frames of every size in one go, as fast as they come', async () => {
    const near = await open()
    const sizes = Array.from({ length: 300 }, (_, i) => (i * i * 37) % 70_000)
    const sending = (async () => {
      for (const [i, size] of sizes.entries()) await near.send(new Uint8Array(size).fill(i & 255))
      await near.send(new Uint8Array(MAX_FRAME_BYTES).fill(1))
      await near.close()
    })()
    const got: number[] = []
    if (far === undefined) throw new Error('unreachable')
    for await (const frame of far) {
      if (frame.length > 0 && got.length < sizes.length) expect(frame.at(-1)).toBe(got.length & 255)
      got.push(frame.length)
    }
    await sending
    expect(got).toEqual([...sizes, MAX_FRAME_BYTES])
  })

  test('N16 small frames one way cost next to nothing the other way', async () => {
    const cable = await CuttableProxy.to(Number(/tcp\/(\d+)/.exec(bob.addresses()[0] ?? '')?.[1]))
    const carol = lab.make('carol')
    await carol.start()
    await carol.connect(bob.addresses().map((address) => address.replace(/tcp\/\d+/, `tcp/${cable.port}`)))
    const near = await carol.openStream(bob.device, PROTOCOL)
    await eventually(() => far)
    const before = { ...cable.bytes }
    for (let i = 0; i < 1000; i++) await near.send(new Uint8Array(10))
    let got = 0
    for await (const frame of far ?? []) {
      got += frame.length
      if (got === 10_000) break
    }
    expect(cable.bytes.there - before.there).toBeGreaterThan(10_000)
    expect(cable.bytes.back - before.back).toBeLessThan(10_000)
  })

  test('N14 a peer that opens too many streams loses the new ones', async () => {
    const opened = await Promise.allSettled(Array.from({ length: 90 }, () => alice.openStream(bob.device, PROTOCOL)))
    const streams = opened.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    await eventually(() => streams.filter(({ signal }) => !signal.aborted).length <= 64, { what: 'only 64 are left' })
    expect(alice.peers()).toHaveLength(1)
  })

  /** A stream of bytes, not of frames, from a peer of libp2p's own making that passes the gate. */
  async function rawStream() {
    const { createLibp2p } = await import('libp2p')
    const { noise } = await import('@chainsafe/libp2p-noise')
    const { yamux } = await import('@chainsafe/libp2p-yamux')
    const { tcp } = await import('@libp2p/tcp')
    const node = await createLibp2p({
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
    })
    onTestFinished(() => node.stop())
    const connection = await node.dial(multiaddr(bob.addresses()[0] ?? ''))
    const gate = await connection.newStream('/murmuration/gate/1')
    gate.send(Uint8Array.of(0, 0, 0, 1, 1))
    await eventually(() => bob.peers().length === 2, { what: 'it passed the open gate' })
    return await connection.newStream(PROTOCOL)
  }
})
