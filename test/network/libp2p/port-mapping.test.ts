import type { Gateway } from '@achingbrain/nat-port-mapper'
import { describe, expect, test } from 'vitest'

import { silentLogger } from '../../../src/base/log.ts'
import type { PortMappingOptions } from '../../../src/network/libp2p/reach/port-mapping.ts'
import { PortMapping } from '../../../src/network/libp2p/reach/port-mapping.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

/** A router that gives out the port above the one that it is asked for. */
function router(name: string, asked: string[], mode: 'gives' | 'refuses' = 'gives'): Gateway {
  return {
    id: name,
    host: name,
    port: 1900,
    family: 'IPv4',
    stop: async () => void asked.push(`${name} stop`),
    map: () => Promise.reject(new Error('not asked')),
    unmap: async () => undefined,
    externalIp: async () => '203.0.113.1',
    async *mapAll(internalPort, options) {
      asked.push(`${name} ${options?.protocol} ${internalPort}`)
      if (mode === 'refuses') throw new Error('UPnP is off')
      const protocol = options?.protocol === 'udp' ? 'UDP' : 'TCP'
      const host = { externalHost: '203.0.113.1', internalHost: '10.0.0.2' }
      yield { ...host, externalPort: internalPort + 1, internalPort, protocol }
    },
  }
}

function setUp(gateways: () => AsyncIterable<Gateway>, options: Partial<PortMappingOptions> = {}) {
  const clock = new VirtualClock()
  const changes: string[] = []
  const mapping: PortMapping = new PortMapping({
    enabled: true,
    clock,
    logger: silentLogger,
    port: () => 4001,
    onChange: () => changes.push(mapping.state),
    findGateways: gateways,
    ...options,
  })
  return { clock, mapping, changes }
}

async function* of(...gateways: readonly Gateway[]): AsyncGenerator<Gateway> {
  yield* gateways
}

describe('having the router forward a port', () => {
  test('N58 the router is asked for TCP and UDP, its port is told, and on stopping it is told', async () => {
    const asked: string[] = []
    const { clock, mapping, changes } = setUp(() => of(router('router', asked)))
    expect(mapping.state).toBe('searching')
    mapping.tick()
    await clock.advance(100)
    expect([mapping.state, mapping.ports]).toEqual(['mapped', [4002]])
    expect(changes).toContain('mapped')
    mapping.tick()
    await clock.advance(100)
    mapping.stop()
    expect(asked).toEqual(['router udp 4001', 'router tcp 4001', 'router stop'])
  })

  test('N58 a router that refuses is passed over for one that does not', async () => {
    const asked: string[] = []
    const { clock, mapping } = setUp(() => of(router('deaf', asked, 'refuses'), router('router', asked)))
    mapping.tick()
    await clock.advance(100)
    expect([mapping.state, mapping.ports]).toEqual(['mapped', [4002]])
  })

  test('N58 without any router nothing happens, nor where the search itself fails or does not end', async () => {
    const searches: readonly (() => AsyncIterable<Gateway>)[] = [
      () => of(),
      () => {
        throw new Error('no network')
      },
      async function* () {
        await new Promise(() => undefined)
        yield* of()
      },
    ]
    for (const search of searches) {
      const { clock, mapping } = setUp(search)
      mapping.tick()
      await clock.advance(6000)
      expect([mapping.state, mapping.ports]).toEqual(['none', []])
      mapping.stop()
    }
  })

  test('N58 later it is tried again, at once in another network, and never where it is off', async () => {
    let searches = 0
    const none = (): AsyncIterable<Gateway> => {
      searches++
      return of()
    }
    const { clock, mapping } = setUp(none)
    const ticks = async (seconds: number): Promise<void> => {
      for (let i = 0; i < seconds; i++) {
        mapping.tick()
        await clock.advance(1000)
      }
    }
    await ticks(30)
    expect(searches).toBe(1)
    mapping.reconsider()
    await ticks(2)
    expect(searches).toBe(2)
    await ticks(601)
    expect(searches).toBe(3)
    const off = setUp(none, { enabled: false }).mapping
    off.tick()
    expect([off.state, searches]).toEqual(['off', 3])
  })
})
