import { beforeEach, describe, expect, test } from 'vitest'

import { utf8 } from '../../../src/base/bytes.ts'
import type { DeviceId } from '../../../src/base/ids.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { verifySignature } from '../../../src/identity/device-key.ts'
import { AddressBook } from '../../../src/network/libp2p/address-book.ts'
import { makeRecord } from '../../../src/network/libp2p/address-record.ts'
import { AddressStore } from '../../../src/network/libp2p/address-store.ts'
import { MAX_ADDRESSES, MAX_PEERS } from '../../../src/network/libp2p/constants.ts'
import type { PeerAddress } from '../../../src/network/libp2p/peer-address.ts'
import { parsePeerAddress, relayedAddress } from '../../../src/network/libp2p/peer-address.ts'
import { MemoryStore } from '../../../src/store/memory-store.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { testKey } from './identities.ts'

const alice = testKey('alice')
const bob = testKey('bob')
const at = (port: number, device: DeviceId = bob.device): PeerAddress =>
  parsePeerAddress(`/ip4/10.0.0.1/tcp/${port}/p2p/${device}`)

describe('the address book', () => {
  let book: AddressBook
  let connected: Set<DeviceId>
  let changes: DeviceId[]
  beforeEach(() => {
    connected = new Set()
    changes = []
    book = new AddressBook({
      self: alice.device,
      isConnected: (device) => connected.has(device),
      onChange: (device) => changes.push(device),
    })
  })
  const ports = (device: DeviceId = bob.device): number[] =>
    book.candidates(device).map(({ place }) => Number(place.split('/').at(-1)))

  test('N24 a newer record replaces the older, and an older one is nothing', () => {
    expect(book.tell(makeRecord(bob, 5, [at(1), at(2)]), 10)).toBe('newer')
    expect(book.tell(makeRecord(bob, 5, [at(9)]), 11)).toBe('known')
    expect(book.tell(makeRecord(bob, 4, [at(9)]), 12)).toBe('older')
    expect(book.tell(makeRecord(bob, 6, [at(2), at(3)]), 13)).toBe('newer')
    expect(ports().sort((a, b) => a - b)).toEqual([2, 3])
  })

  test('N24 a stale address loses even if it was the one that worked', () => {
    book.tell(makeRecord(bob, 1, [at(1)]), 10)
    book.reached(at(1), 20)
    book.tell(makeRecord(bob, 2, [at(2)]), 30)
    expect(ports()).toEqual([2])
  })

  test('N24 N50 those through relays come after two direct ones, that may not lead there from far', () => {
    const relay = testKey('relay').device
    book.give([at(1), at(2), at(3), at(4), relayedAddress(bob.device, relay)], 10)
    const isRelayed = book.candidates(bob.device).map(({ via }) => via !== undefined)
    expect(isRelayed).toEqual([false, false, true, false, false])
  })

  test('N29 what others tell of a forgotten device is nothing, until it is met or given', () => {
    book.tell(makeRecord(bob, 5, [at(1)]), 10)
    book.forget(bob.device)
    expect(book.tell(makeRecord(bob, 6, [at(2)]), 11)).toBe('known')
    expect(book.find(bob.device, [at(3)], 12)).toBe(false)
    book.left(bob.device, 13)
    expect(book.devices).toEqual([])
    book.seen(bob.device, 14)
    expect(book.tell(makeRecord(bob, 6, [at(2)]), 15)).toBe('newer')
    book.forget(bob.device)
    book.give([at(4)], 16)
    expect(ports()).toEqual([4])
  })

  test('N24 what was reached last comes first, what fails comes last', () => {
    book.give([at(1), at(2), at(3)], 10)
    book.reached(at(2), 20)
    expect(ports()[0]).toBe(2)
    book.failed(at(2), 'no answer', 25)
    expect(ports().at(-1)).toBe(2)
    book.reached(at(3), 30)
    expect(ports()[0]).toBe(3)
  })

  test('N24 given addresses stay beside the record, until they failed often and another one works', () => {
    book.give([at(1)], 10)
    book.tell(makeRecord(bob, 1, [at(2)]), 20)
    for (let i = 0; i < 20; i++) book.failed(at(1), 'no answer', 25)
    expect(ports()).toContain(1)
    book.reached(at(2), 30)
    expect(ports()).toEqual([2])
  })

  test('N25 what mDNS says replaces what it said before', () => {
    expect(book.find(bob.device, [at(1)], 10)).toBe(true)
    expect(book.find(bob.device, [at(1)], 11)).toBe(false)
    expect(book.find(bob.device, [at(2)], 12)).toBe(true)
    expect(ports()).toEqual([2])
  })

  test('N24 a peer has at most eight addresses, and the likeliest stay', () => {
    book.give([at(1)], 10)
    book.reached(at(1), 20)
    book.give(
      Array.from({ length: 30 }, (_, i) => at(i + 2)),
      30,
    )
    expect(ports()).toHaveLength(MAX_ADDRESSES)
    expect(ports()[0]).toBe(1)
  })

  test('N24 it holds a bounded number of peers: who was never met goes first, who is connected never', () => {
    const keys = Array.from({ length: MAX_PEERS + 20 }, (_, i) => testKey(`peer ${i}`).device)
    const [first, second, third] = keys
    if (first === undefined || second === undefined || third === undefined) throw new Error('unreachable')
    connected.add(first)
    for (const [i, device] of keys.entries()) {
      book.give([at(1, device)], 100 + i)
      if (device === second) book.seen(second, 150)
    }
    expect(book.devices).toHaveLength(MAX_PEERS)
    expect(book.get(first)).toBeDefined()
    expect(book.get(second)).toBeDefined()
    expect(book.get(third)).toBeUndefined()
    expect(changes).toContain(third)
  })

  test('N24 its own device is never in it', () => {
    book.give([at(1, alice.device)], 10)
    book.tell(makeRecord(alice, 1, [at(1, alice.device)]), 10)
    book.seen(alice.device, 10)
    expect(book.devices).toEqual([])
  })

  test('N24 it is kept on disk and comes back', async () => {
    const clock = new VirtualClock()
    const store = new MemoryStore()
    await store.start()
    const prefix = utf8('addresses/')
    const saved = new AddressStore({ store, prefix, verify: verifySignature, clock, logger: silentLogger })
    const record = makeRecord(bob, 7, [at(1)])
    book.tell(record, 10)
    book.give([at(2)], 11)
    book.reached(at(2), 12)
    book.seen(bob.device, 13)
    saved.save(bob.device, () => book.get(bob.device))
    saved.saveOwn({ sequence: 99, port: 4001 })
    await saved.flush()

    const again = new AddressStore({ store, prefix, verify: verifySignature, clock, logger: silentLogger })
    const { peers, own } = await again.load()
    expect(own).toEqual({ sequence: 99, port: 4001 })
    expect(peers).toEqual([book.get(bob.device)])

    book.remove(bob.device)
    again.save(bob.device, () => book.get(bob.device))
    await again.flush()
    expect((await again.load()).peers).toEqual([])
  })

  test('N24 what is saved there by another version, or broken, is left out', async () => {
    const clock = new VirtualClock()
    const store = new MemoryStore()
    await store.start()
    const prefix = utf8('addresses/')
    const broken = { type: 'put', key: utf8(`addresses/${bob.device}`), value: Uint8Array.of(1, 2, 3) } as const
    const odd = { type: 'put', key: utf8('addresses/odd'), value: Uint8Array.of(0xa0) } as const
    await store.write([broken, odd], { durable: false })
    const saved = new AddressStore({ store, prefix, verify: verifySignature, clock, logger: silentLogger })
    expect(await saved.load()).toEqual({ peers: [], own: { sequence: 0, port: 0 } })
  })
})
