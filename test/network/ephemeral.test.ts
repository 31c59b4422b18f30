import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'

import { utf8 } from '../../src/base/bytes.ts'
import { encodeCbor } from '../../src/base/cbor.ts'
import { Emitter } from '../../src/base/emitter.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import type { DeviceKey } from '../../src/identity/device-key.ts'
import { verifySignature } from '../../src/identity/device-key.ts'
import type { Ephemeral } from '../../src/network/ephemeral.ts'
import { createEphemeral, EPHEMERAL_RATE, MAX_EPHEMERAL_BYTES } from '../../src/network/ephemeral.ts'
import type { Network } from '../../src/network/network.ts'
import { Throttle } from '../../src/network/throttle.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { testKey } from './libp2p/identities.ts'

const TOPIC = 'presence'

/** One topic on which everybody hears everybody at once, and all that was said is kept. */
class Air {
  readonly said: Uint8Array[] = []
  readonly #listeners = new Set<(data: Uint8Array, from: DeviceId) => void>()

  network(key: DeviceKey): Network {
    const nothing = { dispose: () => undefined }
    return {
      device: key.device,
      events: new Emitter(),
      addresses: () => [],
      peers: () => [],
      connect: async () => key.device,
      remember: () => undefined,
      wake: () => undefined,
      disconnect: () => undefined,
      forget: () => undefined,
      addressesOf: () => [],
      reach: () => ({
        addresses: [],
        reachability: 'unknown',
        upnp: 'off',
        mdns: false,
        relays: [],
        relaying: { on: false, members: 0 },
        missing: [],
      }),
      openStream: async () => await Promise.reject(new Error('there are no streams')),
      handle: () => nothing,
      publish: async (_topic, data) => {
        this.said.push(data)
        this.repeat(data)
        return this.#listeners.size
      },
      subscribe: (_topic, listener) => {
        this.#listeners.add(listener)
        return { dispose: () => this.#listeners.delete(listener) }
      },
      start: async () => undefined,
      stop: async () => undefined,
    }
  }

  repeat(data: Uint8Array): void {
    for (const listener of this.#listeners) listener(data, testKey('carol').device)
  }
}

describe('ephemeral messages', () => {
  let air: Air
  let clock: VirtualClock
  let alice: Ephemeral
  let bob: Ephemeral
  let heard: string[]
  beforeEach(() => {
    air = new Air()
    clock = new VirtualClock()
    alice = join('alice')
    bob = join('bob')
    heard = []
    bob.on('cursor', (from, payload) => {
      expect(from).toBe(testKey('alice').device)
      heard.push(Buffer.from(payload).toString())
    })
  })

  function join(name: string, at: VirtualClock = clock): Ephemeral {
    const key = testKey(name)
    return createEphemeral({ network: air.network(key), key, verify: verifySignature, clock: at, topic: TOPIC })
  }

  test('N40 a message arrives with its author, who does not hear it', async () => {
    const own: string[] = []
    alice.on('cursor', () => own.push('heard'))
    alice.publish('cursor', utf8('line 7'))
    await clock.advance(1)
    expect(heard).toEqual(['line 7'])
    expect(own).toEqual([])
  })

  test('N40 kinds are apart, and both ends can leave', async () => {
    alice.publish('typing', utf8('in #general'))
    expect(heard).toEqual([])
    bob.dispose()
    alice.publish('cursor', utf8('x'))
    expect(heard).toEqual([])
    alice.dispose()
    const count = air.said.length
    alice.publish('cursor', utf8('y'))
    expect(air.said).toHaveLength(count)
  })

  test('N40 what is too long is refused, the longest is not', () => {
    alice.publish('cursor', new Uint8Array(MAX_EPHEMERAL_BYTES))
    expect(heard).toHaveLength(1)
    expect(() => alice.publish('cursor', new Uint8Array(MAX_EPHEMERAL_BYTES + 1))).toThrow('too many')
    expect(() => alice.publish('', utf8('x'))).toThrow('no kind')
    expect(() => alice.publish('k'.repeat(33), utf8('x'))).toThrow('no kind')
  })

  test('N40 a changed message is none, whichever byte was changed', () => {
    alice.publish('cursor', utf8('line 7'))
    const [original = new Uint8Array(0)] = air.said
    heard.length = 0
    const dave = join('dave')
    const got: string[] = []
    dave.on('cursor', () => got.push('heard'))
    fc.assert(
      fc.property(fc.nat(original.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const changed = new Uint8Array(original)
        changed[place] = (changed[place] ?? 0) ^ change
        air.repeat(changed)
      }),
    )
    expect(got).toEqual([])
    air.repeat(original)
    expect(got).toEqual(['heard'])
  })

  test('N40 a message is bound to its topic', () => {
    alice.publish('cursor', utf8('line 7'))
    const [original = new Uint8Array(0)] = air.said
    const got: string[] = []
    const key = testKey('dave')
    const elsewhere = createEphemeral({
      network: air.network(key),
      key,
      verify: verifySignature,
      clock,
      topic: 'another topic',
    })
    elsewhere.on('cursor', () => got.push('heard'))
    air.repeat(original)
    expect(got).toEqual([])
  })

  test('N40 no bytes crash the receiver', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => air.repeat(bytes)))
    air.repeat(encodeCbor({ key: new Uint8Array(32), session: 1, counter: 1, kind: 'cursor', payload: 'text' }))
    air.repeat(encodeCbor({ kind: '__proto__' }))
    expect(heard).toEqual([])
  })

  test('N41 a replay is dropped, and so is what comes late', () => {
    alice.publish('cursor', utf8('one'))
    alice.publish('cursor', utf8('two'))
    for (const data of air.said.slice()) air.repeat(data)
    expect(heard).toEqual(['one', 'two'])
  })

  test('N41 a later session begins anew, an earlier one is over', async () => {
    alice.publish('cursor', utf8('old'))
    const [old = new Uint8Array(0)] = air.said
    await clock.advance(1000)
    join('alice').publish('cursor', utf8('new'))
    air.repeat(old)
    alice.publish('cursor', utf8('still the old session'))
    expect(heard).toEqual(['old', 'new'])
  })

  test('N41 after ten minutes of silence an author may begin below what it said, for its clock may have been set back', async () => {
    alice.publish('cursor', utf8('old'))
    await clock.advance(5 * 60_000)
    const behind = join('alice', new VirtualClock({ start: 1 }))
    behind.publish('cursor', utf8('too early'))
    expect(heard).toEqual(['old'])
    await clock.advance(6 * 60_000)
    behind.publish('cursor', utf8('fine'))
    expect(heard).toEqual(['old', 'fine'])
  })

  test('N42 above the rate the last of each kind goes, as soon as it may', async () => {
    for (let i = 0; i < 100; i++) {
      alice.publish('cursor', utf8(`c${i}`))
      alice.publish('typing', utf8(`t${i}`))
    }
    expect(heard).toEqual(Array.from({ length: EPHEMERAL_RATE }, (_, i) => `c${i}`))
    await clock.advance(150)
    expect(heard.at(-1)).toBe('c99')
    expect(heard).toHaveLength(EPHEMERAL_RATE + 1)
    await clock.advance(5000)
    expect(heard).toHaveLength(EPHEMERAL_RATE + 1)
    expect(air.said).toHaveLength(2 * (EPHEMERAL_RATE + 1))
  })

  test('N42 a sender that moves all the time is heard ten times a second', async () => {
    for (let i = 0; i < 1000; i++) {
      alice.publish('cursor', utf8(`${i}`))
      await clock.advance(10)
    }
    expect(heard.length).toBeGreaterThan(95)
    expect(heard.length).toBeLessThan(125)
  })

  test('N42 an author that does not keep to the rate is cut down by each receiver', async () => {
    // Sessions of one author, each with its own throttle.
    for (let i = 0; i < 50; i++) {
      await clock.advance(1)
      join('alice').publish('cursor', utf8(`${i}`))
    }
    expect(heard.length).toBeLessThanOrEqual(2 * EPHEMERAL_RATE + 1)
  })

  test('N42 one author may use sixteen kinds', () => {
    const kinds: string[] = []
    for (let i = 0; i < 40; i++) bob.on(`kind ${i}`, () => kinds.push(`kind ${i}`))
    for (let i = 0; i < 40; i++) alice.publish(`kind ${i}`, utf8('x'))
    expect(kinds).toHaveLength(16)
  })

  test('N42 a throttle remembers a bounded number of names', () => {
    const throttle = new Throttle({ clock, perSecond: 1, burst: 1, maxNames: 3 })
    for (const name of ['a', 'b', 'c', 'd']) expect(throttle.take(name)).toBe(true)
    expect(throttle.take('d')).toBe(false)
    expect(throttle.take('a')).toBe(true)
  })
})
