import { describe, expect, test } from 'vitest'

import { toBase64url, utf8 } from '../../src/base/bytes.ts'
import { decodeCborMap, encodeCbor } from '../../src/base/cbor.ts'
import { TimeoutError } from '../../src/base/errors.ts'
import { sha256 } from '../../src/base/hash.ts'
import type { DeviceId, SpaceId } from '../../src/base/ids.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { GateStream, SwarmGate } from '../../src/identity/index.ts'
import { createSwarmGate, deviceKeyFromSeed } from '../../src/identity/index.ts'
import type { Gate } from '../../src/network/network.ts'

const device = (name: string): DeviceId => deviceKeyFromSeed(sha256(utf8(name))).device
const alice = device('alice')
const bob = device('bob')
const mallory = device('mallory')
const space = toBase64url(new Uint8Array(32).fill(7)) as SpaceId
const secret = new Uint8Array(32).fill(9)

let seed = 0
const gateOf = (self: DeviceId, change: { readonly secret?: Uint8Array; readonly space?: SpaceId } = {}): SwarmGate =>
  createSwarmGate({ space, secret, device: self, random: seededRandom(++seed), ...change })

/** One end of a pipe: frames that were sent into it come out at the other. */
class End implements GateStream {
  readonly peer: DeviceId
  readonly sent: Uint8Array[] = []
  other: End | undefined
  readonly #queue: (Uint8Array | undefined)[] = []
  #wake: (() => void) | undefined

  constructor(peer: DeviceId) {
    this.peer = peer
  }

  async send(frame: Uint8Array): Promise<void> {
    this.sent.push(frame)
    this.other?.deliver(frame)
  }

  /** `undefined` ends the stream. */
  deliver(frame: Uint8Array | undefined): void {
    this.#queue.push(frame)
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      while (this.#queue.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
      const frame = this.#queue.shift()
      if (frame === undefined) return
      yield frame
    }
  }
}

function pipe(dialler: DeviceId, listener: DeviceId): readonly [End, End] {
  const [atDialler, atListener] = [new End(listener), new End(dialler)]
  atDialler.other = atListener
  atListener.other = atDialler
  return [atDialler, atListener]
}

const never = new AbortController().signal

/** Runs both sides; a side that fails hangs up on the other, as the network does. */
async function meet(dial: SwarmGate, listen: SwarmGate, ends = pipe(alice, bob)): Promise<readonly string[]> {
  const [atDialler, atListener] = ends
  const run = async (gate: SwarmGate, side: 'dialler' | 'listener', own: End): Promise<string> => {
    try {
      await gate(own, side, never)
      return 'passed'
    } catch (error) {
      own.other?.deliver(undefined)
      return (error as { readonly code: string }).code
    }
  }
  return await Promise.all([run(dial, 'dialler', atDialler), run(listen, 'listener', atListener)])
}

/** The frame's field of that name. */
const field = (frame: Uint8Array | undefined, name: string): unknown =>
  frame === undefined ? undefined : decodeCborMap(frame, 1000)?.get(name)

describe('G1 the gate', () => {
  test('G1 two that know the secret pass', async () => {
    const fits: Gate = gateOf(alice)
    expect(fits).toBeTypeOf('function')
    expect(await meet(gateOf(alice), gateOf(bob))).toEqual(['passed', 'passed'])
  })

  test('G1 a wrong secret is not admitted, on either side', async () => {
    const other = { secret: new Uint8Array(32).fill(10) }
    expect(await meet(gateOf(alice, other), gateOf(bob))).toEqual(['NOT_ADMITTED', 'NOT_ADMITTED'])
    expect(await meet(gateOf(alice), gateOf(bob, other))).toEqual(['NOT_ADMITTED', 'NOT_ADMITTED'])
  })

  test('G1 the same secret in another swarm is not admitted', async () => {
    const other = { space: toBase64url(new Uint8Array(32).fill(8)) as SpaceId }
    expect(await meet(gateOf(alice, other), gateOf(bob))).toEqual(['NOT_ADMITTED', 'NOT_ADMITTED'])
  })

  test('G2 a listener proves nothing to one who has not proved', async () => {
    const ends = pipe(mallory, bob)
    await meet(gateOf(mallory, { secret: new Uint8Array(32) }), gateOf(bob), ends)
    expect(ends[1].sent.map((frame) => field(frame, 'proof'))).toEqual([undefined])
  })

  test('G2 the secret never crosses the wire', async () => {
    const ends = pipe(alice, bob)
    await meet(gateOf(alice), gateOf(bob), ends)
    for (const frame of [...ends[0].sent, ...ends[1].sent]) {
      expect(Buffer.from(frame).includes(Buffer.from(secret))).toBe(false)
    }
  })
})

describe('G3 proofs fit one connection', () => {
  test('G3 reflection: what the dialler proved is no proof of the listener', async () => {
    const [atAlice] = pipe(alice, mallory)
    const mirror = { send: atAlice.send.bind(atAlice) }
    const passing = gateOf(alice)(
      {
        peer: mallory,
        send: async (frame) => {
          await mirror.send(frame)
          atAlice.deliver(frame)
        },
        [Symbol.asyncIterator]: () => atAlice[Symbol.asyncIterator](),
      },
      'dialler',
      never,
    )
    await expect(passing).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
    expect(atAlice.sent).toHaveLength(2)
  })

  test('G3 reflection: a member cannot be made to prove for another by being dialled at the same time', async () => {
    // bob dials mallory, and mallory dials bob with the very nonces and proofs that bob sends.
    const [bobDials, atMallory] = pipe(bob, mallory)
    const [malloryDials, bobListens] = pipe(mallory, bob)
    const dialling = gateOf(bob)(bobDials, 'dialler', never).catch(() => 'failed')
    const listening = gateOf(bob)(bobListens, 'listener', never)
    const fromBobDialling = atMallory[Symbol.asyncIterator]()
    const fromBobListening = malloryDials[Symbol.asyncIterator]()
    await malloryDials.send((await fromBobDialling.next()).value ?? new Uint8Array())
    await atMallory.send((await fromBobListening.next()).value ?? new Uint8Array())
    await malloryDials.send((await fromBobDialling.next()).value ?? new Uint8Array())
    await expect(listening).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
    atMallory.other?.deliver(undefined)
    expect(await dialling).toBe('failed')
  })

  test('G3 replay: frames of an earlier meeting open nothing', async () => {
    const ends = pipe(alice, bob)
    expect(await meet(gateOf(alice), gateOf(bob), ends)).toEqual(['passed', 'passed'])
    const again = new End(alice)
    for (const frame of ends[0].sent) again.deliver(frame)
    await expect(gateOf(bob)(again, 'listener', never)).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
    const back = new End(bob)
    for (const frame of ends[1].sent) back.deliver(frame)
    await expect(gateOf(alice)(back, 'dialler', never)).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
  })

  test('G3 relay: one in the middle cannot pass on the proofs of two members', async () => {
    // alice believes to talk to mallory, bob believes so, too; mallory hands every frame on.
    const atAlice = new End(mallory)
    const atBob = new End(mallory)
    atAlice.other = atBob
    atBob.other = atAlice
    expect(await meet(gateOf(alice), gateOf(bob), [atAlice, atBob])).toEqual(['NOT_ADMITTED', 'NOT_ADMITTED'])
  })
})

describe('G3 both devices are in the proof', () => {
  test.each([
    ['listener', new End(mallory), new End(alice)],
    ['dialler', new End(bob), new End(mallory)],
  ])('G3 two that take the %s for different devices do not pass', async (_, atAlice, atBob) => {
    atAlice.other = atBob
    atBob.other = atAlice
    expect(await meet(gateOf(alice), gateOf(bob), [atAlice, atBob])).toEqual(['NOT_ADMITTED', 'NOT_ADMITTED'])
  })
})

describe('G4 bad manners', () => {
  const nonce = new Uint8Array(32)

  test.each([
    ['nothing', new Uint8Array()],
    ['noise', new Uint8Array(200).fill(0xff)],
    ['a short nonce', encodeCbor({ version: 1, nonce: new Uint8Array(31) })],
    ['a long frame', encodeCbor({ version: 1, nonce, more: new Uint8Array(1000) })],
    ['no version', encodeCbor({ nonce })],
    ['a proof at once', encodeCbor({ version: 1, proof: nonce })],
  ])('G4 %s is not admitted', async (_, frame) => {
    const end = new End(mallory)
    end.deliver(frame)
    await expect(gateOf(bob)(end, 'listener', never)).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
  })

  test('G4 a later version is told to the one who has to update', async () => {
    const end = new End(mallory)
    end.deliver(encodeCbor({ version: 2, nonce }))
    await expect(gateOf(bob)(end, 'listener', never)).rejects.toThrow('newer version')
  })

  test('G5 one who falls silent is given up when the signal fires, with its reason', async () => {
    const waiting = new AbortController()
    const passing = gateOf(bob)(new End(mallory), 'listener', waiting.signal)
    waiting.abort(new TimeoutError('the gate was not passed in time'))
    await expect(passing).rejects.toMatchObject({ code: 'TIMEOUT' })
    const unnamed = new AbortController()
    unnamed.abort()
    await expect(gateOf(bob)(new End(mallory), 'listener', unnamed.signal)).rejects.toMatchObject({ code: 'ABORTED' })
  })

  test('G5 a stream that takes nothing is given up as well', async () => {
    const stuck: GateStream = {
      peer: mallory,
      send: () => new Promise(() => undefined),
      [Symbol.asyncIterator]: () => new End(mallory)[Symbol.asyncIterator](),
    }
    const waiting = new AbortController()
    const passing = gateOf(bob)(stuck, 'dialler', waiting.signal)
    waiting.abort()
    await expect(passing).rejects.toMatchObject({ code: 'ABORTED' })
  })
})
