import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { verifySignature } from '../../../src/identity/device-key.ts'
import { makeRecord, readRecord } from '../../../src/network/libp2p/address-record.ts'
import { parsePeerAddress, relayedAddress } from '../../../src/network/libp2p/peer-address.ts'
import { testKey } from './identities.ts'

const alice = testKey('alice')
const bob = testKey('bob')
const at = (port: number, device = alice.device) => parsePeerAddress(`/ip4/10.0.0.1/tcp/${port}/p2p/${device}`)

describe('signed records of addresses', () => {
  test('N21 a record is read as it was made', () => {
    const record = makeRecord(alice, 42, [at(1), at(2)])
    expect(readRecord(record.bytes, verifySignature)).toEqual(record)
  })

  test('N53 it tells what the device does for others, signed as the rest', () => {
    const record = makeRecord(alice, 42, [at(1), relayedAddress(alice.device, bob.device)], ['relay', 'stun'])
    expect(readRecord(record.bytes, verifySignature)).toEqual(record)
    expect(readRecord(makeRecord(alice, 42, [at(1)]).bytes, verifySignature)?.serves).toEqual([])
  })

  test('N21 one changed byte anywhere makes it void', () => {
    const { bytes } = makeRecord(alice, 42, [at(1)], ['relay'])
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (place, change) => {
        const changed = new Uint8Array(bytes)
        changed[place] = (changed[place] ?? 0) ^ change
        expect(readRecord(changed, verifySignature)).toBeUndefined()
      }),
    )
  })

  test('N21 no bytes crash the reader', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(readRecord(bytes, verifySignature)).toBeUndefined()
      }),
    )
  })

  test('N21 a device cannot tell the addresses of another', () => {
    const record = makeRecord(alice, 1, [at(1), at(2, bob.device)])
    expect(readRecord(record.bytes, verifySignature)?.addresses).toEqual([at(1)])
  })

  test('N24 a record holds eight addresses at most', () => {
    const many = Array.from({ length: 20 }, (_, i) => at(i + 1))
    expect(makeRecord(alice, 1, many).addresses).toHaveLength(8)
  })
})
