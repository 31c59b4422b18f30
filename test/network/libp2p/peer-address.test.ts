import { describe, expect, test } from 'vitest'

import {
  hostOf,
  isLoopback,
  isPunch,
  parsePeerAddress,
  punchAddress,
  relayedAddress,
  relayOf,
  routeOf,
} from '../../../src/network/libp2p/peer-address.ts'
import { testKey } from './identities.ts'

const { device } = testKey('bob')

describe('addresses of peers', () => {
  test.each([
    ['/ip4/192.168.1.7/tcp/4001', '192.168.1.7', 'lan'],
    ['/ip4/127.0.0.1/tcp/1', '127.0.0.1', 'local'],
    ['/ip6/::1/tcp/65535', '::1', 'local'],
    ['/ip6/fd00::7/tcp/9', 'fd00::7', 'lan'],
    ['/ip4/172.20.0.9/tcp/9', '172.20.0.9', 'lan'],
    ['/ip4/172.32.0.9/tcp/9', '172.32.0.9', 'internet'],
    ['/ip4/100.64.0.1/tcp/9', '100.64.0.1', 'lan'],
    ['/ip6/2001:db8::1/tcp/9', '2001:db8::1', 'internet'],
    ['/dns4/nas.example.org/tcp/4001', 'nas.example.org', 'internet'],
    ['/dns/Nas.local/tcp/4001', 'nas.local', 'lan'],
  ])('N2 %s', (place, host, route) => {
    const address = parsePeerAddress(`${place}/p2p/${device}`)
    expect(address).toEqual({ device, place, host, text: `${place}/p2p/${device}` })
    expect(routeOf(address.text)).toBe(route)
    expect(hostOf(address.text)).toBe(host)
  })

  test.each([
    '',
    'nonsense',
    '/ip4/127.0.0.1/tcp/1',
    `/ip4/127.0.0.1/tcp/0/p2p/${device}`,
    `/ip4/127.0.0.1/tcp/65536/p2p/${device}`,
    `/ip4/127.0.0.300/tcp/1/p2p/${device}`,
    `/ip6/127.0.0.1/tcp/1/p2p/${device}`,
    `/ip4/::1/tcp/1/p2p/${device}`,
    `/dns4/-x/tcp/1/p2p/${device}`,
    `/ip4/127.0.0.1/udp/1/p2p/${device}`,
    `/ip4/127.0.0.1/tcp/1/p2p/${device}/`,
    `/ip4/127.0.0.1/tcp/1/p2p/${device}x`,
    '/ip4/127.0.0.1/tcp/1/p2p/QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
    `/dns4/${'a'.repeat(500)}/tcp/1/p2p/${device}`,
  ])('N2 "%s" is none', (text) => {
    expect(() => parsePeerAddress(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })

  test('N21 loopback is known in all its spellings', () => {
    expect(['127.0.0.1', '127.9.9.9', '::1', 'localhost'].every(isLoopback)).toBe(true)
    expect(['128.0.0.1', '10.0.0.1', '127.example.org', ''].some(isLoopback)).toBe(false)
  })

  test('N50 an address through a relay names the relay, with or without where that is', () => {
    const relay = testKey('relay').device
    const short = parsePeerAddress(`/p2p/${relay}/p2p-circuit/p2p/${device}`)
    expect(short).toEqual(relayedAddress(device, relay))
    const long = parsePeerAddress(`/ip4/203.0.113.7/tcp/4001/p2p/${relay}/p2p-circuit/p2p/${device}`)
    expect(long).toMatchObject({
      device,
      host: '',
      via: { device: relay, address: { host: '203.0.113.7', device: relay } },
    })
    for (const { text } of [short, long]) expect(routeOf(text)).toBe('relayed')
    expect(relayOf(short.text)).toBe(relay)
    expect(isPunch(short)).toBe(false)
    expect(isPunch(punchAddress(device, relay))).toBe(true)
    expect(routeOf(`/ip4/203.0.113.7/udp/4001/webrtc/p2p/${device}`)).toBe('punched')
  })

  test.each([
    `/p2p/short/p2p-circuit/p2p/${device}`,
    `/p2p/${device}/p2p-circuit`,
    `/p2p/${device}/p2p-circuit/p2p/short`,
    `/ip4/300.0.0.1/tcp/1/p2p/${device}/p2p-circuit/p2p/${device}`,
    `/p2p/${device}/p2p-circuit/p2p/${device}/p2p-circuit/p2p/${device}`,
    `/p2p/${device}/p2p-circuit/webrtc/p2p/${device}`,
  ])('N50 "%s" is no address through a relay', (text) => {
    expect(() => parsePeerAddress(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })
})
