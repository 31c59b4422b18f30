import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { utf8 } from '../../src/base/bytes.ts'
import { MurmurationError } from '../../src/base/errors.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import type { Gate, MessageStream, Network } from '../../src/network/network.ts'
import { MAX_FRAME_BYTES, MAX_GOSSIP_BYTES } from '../../src/network/network.ts'

export type LabName = 'alice' | 'bob' | 'carol' | 'dave'

/** A place in which peers of one implementation run. */
export interface NetworkLab {
  /**
   * A network of this peer's, not started. Made again after the first was stopped it is the peer restarted: same key,
   * same folder. Without a gate everybody passes.
   */
  make(name: LabName, options?: { readonly gate?: Gate }): Network
  /** Lets time pass, real or virtual, until the work is done. */
  run<T>(work: () => Promise<T>): Promise<T>
  /** Lets time pass until the condition holds. */
  until(condition: () => boolean, what: string): Promise<void>
  /** Lets about so many milliseconds pass: only to see that something does not happen. */
  pass(milliseconds: number): Promise<void>
  /** Stops everything. */
  end(): Promise<void>
}

const ECHO = '/murmuration/test/echo/1'
const HOLD = '/murmuration/test/hold/1'
/** An address of nobody, of the right form. */
const NOBODY = '/ip4/127.0.0.1/tcp/1/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN'

/** What every implementation of the Network port keeps; the rules are those of src/network/SPEC.md. */
export function networkContract(name: string, makeLab: () => Promise<NetworkLab>): void {
  describe(`the Network port, ${name}`, () => {
    let lab: NetworkLab
    beforeEach(async () => {
      lab = await makeLab()
    })
    afterEach(async () => {
      await lab.end()
    })

    async function started(name: LabName, gate?: Gate): Promise<Network> {
      const network = lab.make(name, gate === undefined ? {} : { gate })
      await lab.run(() => network.start())
      return network
    }

    async function connected(a: Network, b: Network): Promise<void> {
      await lab.run(() => a.connect(b.addresses()))
      await lab.until(() => isConnected(a, b) && isConnected(b, a), 'both sides know of the connection')
    }

    async function pair(): Promise<{ alice: Network; bob: Network }> {
      const alice = await started('alice')
      const bob = await started('bob')
      await connected(alice, bob)
      return { alice, bob }
    }

    async function streamPair(protocol = HOLD): Promise<{ near: MessageStream; far: MessageStream }> {
      const { alice, bob } = await pair()
      let far: MessageStream | undefined
      bob.handle(protocol, async (stream) => {
        far = stream
      })
      const near = await lab.run(() => alice.openStream(bob.device, protocol))
      await lab.until(() => far !== undefined, 'the stream arrived')
      if (far === undefined) throw new Error('unreachable')
      return { near, far }
    }

    async function failure(work: () => Promise<unknown>): Promise<MurmurationError> {
      try {
        await lab.run(work)
      } catch (error) {
        if (error instanceof MurmurationError) return error
        throw error
      }
      throw new Error('it did not fail')
    }

    describe('connecting', () => {
      test('N1 connect gives the device and both sides list each other', async () => {
        const alice = await started('alice')
        const bob = await started('bob')
        const seen: DeviceId[] = []
        bob.events.on('peer:connected', ({ device }) => seen.push(device))
        expect(await lab.run(() => alice.connect(bob.addresses()))).toBe(bob.device)
        expect(alice.peers().map((peer) => peer.device)).toEqual([bob.device])
        await lab.until(() => isConnected(bob, alice), 'bob lists alice')
        expect(seen).toEqual([alice.device])
      })

      test('N1 addresses end in the device id, and are none while stopped', async () => {
        const alice = lab.make('alice')
        expect(alice.addresses()).toEqual([])
        await lab.run(() => alice.start())
        expect(alice.addresses().length).toBeGreaterThan(0)
        for (const address of alice.addresses()) expect(address).toMatch(new RegExp(`/p2p/${alice.device}$`))
      })

      test('N1 connecting again is done at once and makes no second connection', async () => {
        const { alice, bob } = await pair()
        expect(await lab.run(() => alice.connect(bob.addresses()))).toBe(bob.device)
        expect(await lab.run(() => bob.connect(alice.addresses()))).toBe(alice.device)
        expect(alice.peers()).toHaveLength(1)
        expect(bob.peers()).toHaveLength(1)
      })

      test('N1 both connecting at the same time end with one connection', async () => {
        const alice = await started('alice')
        const bob = await started('bob')
        await lab.run(() => Promise.all([alice.connect(bob.addresses()), bob.connect(alice.addresses())]))
        await lab.until(() => isConnected(alice, bob) && isConnected(bob, alice), 'they are connected')
        await lab.pass(1000)
        await lab.until(() => isConnected(alice, bob) && isConnected(bob, alice), 'they stay connected')
        expect(alice.peers()).toHaveLength(1)
        expect(bob.peers()).toHaveLength(1)
      })

      test('N1 the addresses may be several peers: the first that answers counts', async () => {
        const alice = await started('alice')
        const bob = await started('bob')
        expect(await lab.run(() => alice.connect([NOBODY, ...bob.addresses()]))).toBe(bob.device)
      })

      test('N2 connecting to nobody fails and names what was tried', async () => {
        const alice = await started('alice')
        const error = await failure(() => alice.connect([NOBODY]))
        expect(error.code).toBe('DIAL_FAILED')
        expect(error.message).toContain('/ip4/127.0.0.1/tcp/1')
      })

      test.each(['', 'nonsense', '/ip4/127.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/1/p2p/short'])(
        'N2 "%s" is no address',
        async (text) => {
          const alice = await started('alice')
          expect((await failure(() => alice.connect([text]))).code).toBe('INVALID_INPUT')
          expect(() => alice.remember([text])).toThrow(MurmurationError)
        },
      )

      test('N2 connecting can be given up', async () => {
        const alice = await started('alice')
        expect((await failure(() => alice.connect([NOBODY], { signal: AbortSignal.abort() }))).code).toBe('ABORTED')
      })

      test('N3 starting and stopping twice is nothing', async () => {
        const alice = lab.make('alice')
        await lab.run(() => Promise.all([alice.start(), alice.start()]))
        await lab.run(() => alice.start())
        await lab.run(() => Promise.all([alice.stop(), alice.stop()]))
        await lab.run(() => alice.stop())
        expect(alice.peers()).toEqual([])
      })

      test('N3 the other side notices a stop, and the same network can start again', async () => {
        const { alice, bob } = await pair()
        const gone: DeviceId[] = []
        alice.events.on('peer:disconnected', ({ device }) => gone.push(device))
        await lab.run(() => bob.stop())
        expect(bob.peers()).toEqual([])
        await lab.until(() => gone.includes(bob.device), 'alice notices')
        expect(alice.peers()).toEqual([])
        await lab.run(() => bob.start())
        await lab.run(() => bob.connect(alice.addresses()))
        await lab.until(() => isConnected(alice, bob), 'they are connected again')
      })
    })

    describe('coming back', () => {
      test('N20 a peer that was once connected is dialled again by itself after its restart', async () => {
        const { alice, bob } = await pair()
        await lab.run(() => bob.stop())
        await lab.until(() => alice.peers().length === 0, 'alice notices')
        const again = lab.make('bob')
        await lab.run(() => again.start())
        await lab.until(() => isConnected(alice, again) && isConnected(again, alice), 'they are connected again')
      })

      test('N20 remembered addresses are dialled in the background, also those remembered before the start', async () => {
        const bob = await started('bob')
        const alice = lab.make('alice')
        alice.remember(bob.addresses())
        await lab.run(() => alice.start())
        await lab.until(() => isConnected(alice, bob), 'alice found bob')
        const carol = await started('carol')
        carol.remember(bob.addresses())
        await lab.until(() => isConnected(carol, bob), 'carol found bob')
      })

      test('N20 a peer that was absent when it was remembered is found when it comes', async () => {
        const bob = await started('bob')
        const addresses = bob.addresses()
        await lab.run(() => bob.stop())
        const alice = await started('alice')
        alice.remember(addresses)
        await lab.pass(500)
        const again = lab.make('bob')
        await lab.run(() => again.start())
        alice.remember(again.addresses())
        await lab.until(() => isConnected(alice, again), 'alice found bob')
      })

      test('N21 members learn of each other through one they both know', async () => {
        const bob = await started('bob')
        const alice = await started('alice')
        const carol = await started('carol')
        await connected(alice, bob)
        await connected(carol, bob)
        await lab.until(() => isConnected(alice, carol) && isConnected(carol, alice), 'alice and carol met')
      })
    })

    describe('parting', () => {
      test('N29 who is disconnected is gone on both sides at once, and dialled again by itself', async () => {
        const { alice, bob } = await pair()
        const gone: DeviceId[] = []
        for (const one of [alice, bob]) one.events.on('peer:disconnected', ({ device }) => gone.push(device))
        alice.disconnect(bob.device, new Error('a pause'))
        expect(alice.peers()).toEqual([])
        await lab.until(() => gone.length === 2, 'bob notices')
        await lab.until(() => isConnected(alice, bob) && isConnected(bob, alice), 'they are connected again')
      })

      test('N29 who is forgotten is dialled no more, though a third tells of it, and may come back by itself', async () => {
        const alice = await started('alice')
        const bob = await started('bob')
        const carol = await started('carol')
        await connected(alice, bob)
        await connected(carol, bob)
        await lab.until(() => isConnected(alice, carol) && isConnected(carol, alice), 'alice and carol met')
        for (const [one, other] of [
          [alice, carol],
          [carol, alice],
        ] as const) {
          one.forget(other.device)
          one.disconnect(other.device, new Error('it was removed'))
        }
        await lab.pass(3000)
        expect([isConnected(alice, carol), isConnected(carol, alice)]).toEqual([false, false])
        expect(alice.reach().missing).toEqual([])
        await connected(carol, alice)
      })
    })

    describe('the connection doctor', () => {
      test('N35 of who is missing it is told when it was tried, when it will be, and why it failed where', async () => {
        const alice = await started('alice')
        expect(alice.reach()).toMatchObject({ addresses: alice.addresses(), missing: [] })
        const bob = await started('bob')
        await connected(alice, bob)
        expect(alice.reach().missing).toEqual([])
        await lab.run(() => bob.stop())
        await lab.until(() => (alice.reach().missing[0]?.failures.length ?? 0) > 0, 'a dial failed')
        const [missing] = alice.reach().missing
        expect(missing?.device).toBe(bob.device)
        expect(missing?.triedAt).toBeGreaterThan(0)
        expect(missing?.nextTryAt).toBeGreaterThanOrEqual(missing?.triedAt ?? Infinity)
        expect(missing?.failures[0]?.reason).toMatch(/listen/)
        expect(missing?.failures[0]?.address.length).toBeGreaterThan(0)
      })

      test('N35 while stopped nothing is told of', () => {
        expect(lab.make('alice').reach()).toMatchObject({ addresses: [], relays: [], missing: [] })
      })
    })

    describe('the gate', () => {
      const password =
        (word: string): Gate =>
        async (stream, side) => {
          if (side === 'dialler') await stream.send(utf8(word))
          for await (const frame of stream) {
            if (Buffer.from(frame).toString() !== word) throw new Error('wrong word')
            if (side === 'listener') await stream.send(utf8(word))
            return
          }
          throw new Error('nothing said')
        }

      test('N4 who passes the gate is connected', async () => {
        const alice = await started('alice', password('starling'))
        const bob = await started('bob', password('starling'))
        await connected(alice, bob)
      })

      test.each(['alice', 'bob'] as const)('N4 who fails it is not, whoever dials (%s)', async (dialler) => {
        const alice = await started('alice', password('starling'))
        const bob = await started('bob', password('crow'))
        const seen: string[] = []
        for (const one of [alice, bob]) one.events.on('peer:connected', () => seen.push('connected'))
        const [from, to] = dialler === 'alice' ? [alice, bob] : [bob, alice]
        expect((await failure(() => from.connect(to.addresses()))).code).toBe('NOT_ADMITTED')
        expect([alice.peers(), bob.peers(), seen]).toEqual([[], [], []])
      })

      test('N4 it may take as long as a newcomer on a slow line needs', async () => {
        const slow: Gate = async () => {
          await lab.pass(12_000)
        }
        const alice = await started('alice', slow)
        const bob = await started('bob')
        await connected(bob, alice)
      })

      test('N5 who fails it gets neither streams nor gossip', async () => {
        const alice = await started('alice', password('starling'))
        const bob = await started('bob', async () => undefined)
        const got: string[] = []
        alice.handle(ECHO, async () => {
          got.push('stream')
        })
        alice.subscribe('topic', () => got.push('gossip'))
        bob.subscribe('topic', () => got.push('gossip to the stranger'))
        expect((await failure(() => bob.connect(alice.addresses()))).code).toBe('NOT_ADMITTED')
        expect((await failure(() => bob.openStream(alice.device, ECHO))).code).toBe('NOT_CONNECTED')
        expect(await lab.run(() => alice.publish('topic', utf8('hello')))).toBe(0)
        expect(await lab.run(() => bob.publish('topic', utf8('hello')))).toBe(0)
        await lab.pass(500)
        expect(got).toEqual([])
      })
    })

    describe('streams', () => {
      test('N10 frames arrive whole, in order, both ways, empty ones and the largest too', async () => {
        const { near, far } = await streamPair()
        const frames = [0, 1, 200, 65_535, 65_536, 1_000_000, MAX_FRAME_BYTES].map((size, at) => filled(size, at + 1))
        for (const [from, to] of [
          [near, far],
          [far, near],
        ] as const) {
          const got = lab.run(() => read(to, frames.length))
          for (const frame of frames) await lab.run(() => from.send(frame))
          expect((await got).map(fingerprint)).toEqual(frames.map(fingerprint))
        }
        expect(near.protocol).toBe(HOLD)
        expect(far.protocol).toBe(HOLD)
      })

      test('N10 closing delivers what was sent and leaves the other direction open', async () => {
        const { near, far } = await streamPair()
        await lab.run(async () => {
          await near.send(utf8('last words'))
          await near.close()
          expect(text(await readAll(far))).toEqual(['last words'])
          await far.send(utf8('answer'))
          await far.close()
          expect(text(await readAll(near))).toEqual(['answer'])
        })
        await lab.until(() => near.signal.aborted && far.signal.aborted, 'both sides ended')
      })

      test('N10 reading may stop and go on', async () => {
        const { near, far } = await streamPair()
        await lab.run(async () => {
          await near.send(utf8('one'))
          await near.send(utf8('two'))
          expect(text(await read(far, 1))).toEqual(['one'])
          expect(text(await read(far, 1))).toEqual(['two'])
        })
      })

      test('N10 after closing nothing can be sent', async () => {
        const { near } = await streamPair()
        await lab.run(() => near.close())
        expect((await failure(() => near.send(utf8('more')))).code).toBe('STREAM_CLOSED')
        await lab.run(() => near.close())
      })

      test('N11 an abort ends both sides, and the other side is told', async () => {
        const { near, far } = await streamPair()
        near.abort(new Error('changed my mind'))
        expect(near.signal.aborted).toBe(true)
        expect((await failure(() => readAll(far))).code).toBe('STREAM_CLOSED')
        expect((await failure(() => readAll(near))).code).toBe('STREAM_CLOSED')
        await lab.until(() => far.signal.aborted, 'the far side is told')
        expect((await failure(() => far.send(utf8('still there?')))).code).toBe('STREAM_CLOSED')
      })

      test('N11 a lost connection ends its streams on both sides', async () => {
        const { alice, bob } = await pair()
        const far: MessageStream[] = []
        bob.handle(HOLD, async (stream) => {
          far.push(stream)
        })
        const near = await lab.run(() => alice.openStream(bob.device, HOLD))
        await lab.until(() => far.length > 0, 'the stream arrived')
        await lab.run(() => bob.stop())
        await lab.until(() => near.signal.aborted && far[0]?.signal.aborted === true, 'both sides ended')
        expect((await failure(() => readAll(near))).code).toBe('STREAM_CLOSED')
      })

      test('N12 a frame above the limit is refused and ends the stream', async () => {
        const { near, far } = await streamPair()
        expect((await failure(() => near.send(new Uint8Array(MAX_FRAME_BYTES + 1)))).code).toBe('INVALID_INPUT')
        expect(near.signal.aborted).toBe(true)
        await lab.until(() => far.signal.aborted, 'the far side ended')
      })

      test('N13 a sender waits while nobody reads, and all arrives when somebody does', async () => {
        const { near, far } = await streamPair()
        const count = 64
        let sent = 0
        const sending = (async () => {
          for (let i = 0; i < count; i++) {
            await near.send(filled(MAX_FRAME_BYTES, i))
            sent++
          }
        })()
        await lab.until(() => sent > 0, 'it began')
        await lab.pass(1000)
        expect(sent).toBeLessThan(32)
        const got = await lab.run(() => read(far, count))
        expect(got.map((frame) => frame[0])).toEqual(Array.from({ length: count }, (_, i) => i))
        await lab.run(() => sending)
      })

      test('N14 a handler that throws ends its stream and nothing else', async () => {
        const { alice, bob } = await pair()
        bob.handle(HOLD, async (stream) => {
          await read(stream, 1)
          throw new Error('no good')
        })
        bob.handle(ECHO, echo)
        const good = await lab.run(() => alice.openStream(bob.device, ECHO))
        const bad = await lab.run(() => alice.openStream(bob.device, HOLD))
        await lab.run(() => bad.send(utf8('x')))
        expect((await failure(() => readAll(bad))).code).toBe('STREAM_CLOSED')
        await lab.run(async () => {
          await good.send(utf8('hello'))
          expect(text(await read(good, 1))).toEqual(['hello'])
        })
        expect(isConnected(alice, bob)).toBe(true)
      })

      test('N14 a protocol that is not served, or no longer, is refused', async () => {
        const { alice, bob } = await pair()
        expect((await failure(() => alice.openStream(bob.device, ECHO))).code).toBe('STREAM_CLOSED')
        const serving = bob.handle(ECHO, echo)
        await lab.run(() => alice.openStream(bob.device, ECHO))
        serving.dispose()
        expect((await failure(() => alice.openStream(bob.device, ECHO))).code).toBe('STREAM_CLOSED')
        expect(isConnected(alice, bob)).toBe(true)
      })

      test('N14 a handler of before the start serves after it', async () => {
        const bob = lab.make('bob')
        bob.handle(ECHO, echo)
        await lab.run(() => bob.start())
        const alice = await started('alice')
        await connected(alice, bob)
        await lab.run(async () => {
          const stream = await alice.openStream(bob.device, ECHO)
          await stream.send(utf8('hello'))
          expect(text(await read(stream, 1))).toEqual(['hello'])
        })
      })

      test('N15 a stream to who is not connected fails at once; a given-up one too', async () => {
        const { alice, bob } = await pair()
        const carol = await started('carol')
        expect((await failure(() => alice.openStream(carol.device, ECHO))).code).toBe('NOT_CONNECTED')
        const signal = AbortSignal.abort()
        expect((await failure(() => alice.openStream(bob.device, ECHO, { signal }))).code).toBe('ABORTED')
      })
    })

    describe('gossip', () => {
      function listen(network: Network, topic = 'topic'): { readonly heard: string[]; dispose(): void } {
        const heard: string[] = []
        const subscription = network.subscribe(topic, (data) => heard.push(Buffer.from(data).toString()))
        return { heard, dispose: () => subscription.dispose() }
      }

      /** Publishes marks until one arrives: only then are the neighbours known to each other. */
      async function meshed(from: Network, heard: readonly string[], topic = 'topic'): Promise<void> {
        for (let i = 0; i < 100; i++) {
          const mark = `mark ${i} of ${from.device}`
          await lab.run(() => from.publish(topic, utf8(mark)))
          await lab.pass(50)
          if (heard.includes(mark)) return
        }
        throw new Error('no mark arrived')
      }

      test('N6 what is published reaches subscribers, those of before the start too, and not its author', async () => {
        const alice = await started('alice')
        const bob = lab.make('bob')
        const { heard } = listen(bob)
        const own = listen(alice)
        await lab.run(() => bob.start())
        await connected(alice, bob)
        await meshed(alice, heard)
        expect(await lab.run(() => alice.publish('topic', utf8('hello')))).toBe(1)
        await lab.until(() => heard.includes('hello'), 'bob heard it')
        await lab.pass(200)
        expect(own.heard).toEqual([])
      })

      test('N6 the neighbour that passed it on is named', async () => {
        const { alice, bob } = await pair()
        const from: DeviceId[] = []
        bob.subscribe('topic', (_, neighbour) => from.push(neighbour))
        const { heard } = listen(bob)
        await meshed(alice, heard)
        expect(new Set(from)).toEqual(new Set([alice.device]))
      })

      test('N6 each message arrives at most once, though it comes over several neighbours', async () => {
        const alice = await started('alice')
        const bob = await started('bob')
        const carol = await started('carol')
        const listeners = [listen(bob).heard, listen(carol).heard]
        await connected(alice, bob)
        await connected(alice, carol)
        await lab.until(() => isConnected(bob, carol), 'all three are connected')
        for (const heard of listeners) await meshed(alice, heard)
        for (let i = 0; i < 20; i++) await lab.run(() => alice.publish('topic', utf8(`message ${i}`)))
        await lab.until(() => listeners.every((heard) => heard.includes('message 19')), 'all arrived')
        await lab.pass(300)
        for (const heard of listeners) {
          const messages = heard.filter((message) => message.startsWith('message'))
          expect(messages).toHaveLength(new Set(messages).size)
          expect(new Set(messages).size).toBe(20)
        }
      })

      test('N6 topics are apart, and unsubscribing ends it', async () => {
        const { alice, bob } = await pair()
        const one = listen(bob, 'one')
        const two = listen(bob, 'two')
        await meshed(alice, one.heard, 'one')
        await meshed(alice, two.heard, 'two')
        one.dispose()
        await lab.run(() => alice.publish('one', utf8('to one')))
        await lab.run(() => alice.publish('two', utf8('to two')))
        await lab.until(() => two.heard.includes('to two'), 'the other topic goes on')
        await lab.pass(200)
        expect(one.heard).not.toContain('to one')
      })

      test('N7 the largest message arrives, a larger one is refused, and alone nobody is reached', async () => {
        const { alice, bob } = await pair()
        const sizes: number[] = []
        const { heard } = listen(bob)
        bob.subscribe('topic', (data) => sizes.push(data.length))
        await meshed(alice, heard)
        await lab.run(() => alice.publish('topic', filled(MAX_GOSSIP_BYTES, 7)))
        await lab.until(() => sizes.includes(MAX_GOSSIP_BYTES), 'it arrived')
        const tooLong = new Uint8Array(MAX_GOSSIP_BYTES + 1)
        expect((await failure(() => alice.publish('topic', tooLong))).code).toBe('INVALID_INPUT')
        expect(await lab.run(() => alice.publish('empty topic', utf8('hello?')))).toBe(0)
      })
    })
  })
}

function isConnected(from: Network, to: Network): boolean {
  return from.peers().some((peer) => peer.device === to.device)
}

const echo = async (stream: MessageStream): Promise<void> => {
  for await (const frame of stream) await stream.send(frame)
  await stream.close()
}

async function read(stream: MessageStream, count: number): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = []
  if (count === 0) return frames
  for await (const frame of stream) {
    frames.push(new Uint8Array(frame))
    if (frames.length === count) return frames
  }
  throw new Error(`the stream ended after ${frames.length} of ${count} frames`)
}

async function readAll(stream: MessageStream): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = []
  for await (const frame of stream) frames.push(new Uint8Array(frame))
  return frames
}

function text(frames: readonly Uint8Array[]): string[] {
  return frames.map((frame) => Buffer.from(frame).toString())
}

function filled(size: number, byte: number): Uint8Array {
  return new Uint8Array(size).fill(byte)
}

/** Length and first and last byte: comparing megabytes byte by byte is slow in an assertion. */
function fingerprint(frame: Uint8Array): readonly (number | undefined)[] {
  return [frame.length, frame[0], frame[frame.length >> 1], frame.at(-1)]
}
