import { describe, expect, test } from 'vitest'

import { utf8 } from '../../../src/base/bytes.ts'
import { silentLogger } from '../../../src/base/log.ts'
import type { PortMappingOptions } from '../../../src/network/libp2p/reach/port-mapping.ts'
import { PortMapping } from '../../../src/network/libp2p/reach/port-mapping.ts'
import type { Router } from '../../../src/network/libp2p/reach/upnp-router.ts'
import { readService } from '../../../src/network/libp2p/reach/upnp-router.ts'
import { readAnswer } from '../../../src/network/libp2p/reach/upnp-search.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'

/** A router that gives out the port above the one that it is asked for. */
function router(name: string, asked: string[], mode: 'gives' | 'refuses' = 'gives'): Router {
  return {
    host: name,
    async map(port, protocol) {
      asked.push(`${name} maps ${protocol} ${port}`)
      if (mode === 'refuses') throw new Error('it is off')
      return port + 1
    },
    async unmap(port, protocol) {
      asked.push(`${name} unmaps ${protocol} ${port}`)
    },
  }
}

async function* of(...routers: readonly Router[]): AsyncGenerator<Router> {
  yield* routers
}

function setUp(find: () => AsyncIterable<Router>, options: Partial<PortMappingOptions> = {}) {
  const clock = new VirtualClock()
  const changes: string[] = []
  const mapping: PortMapping = new PortMapping({
    enabled: true,
    clock,
    logger: silentLogger,
    port: () => 4001,
    onChange: () => changes.push(mapping.state),
    find,
    ...options,
  })
  const ticks = async (seconds: number): Promise<void> => {
    for (let i = 0; i < seconds; i++) {
      mapping.tick()
      await clock.advance(1000)
    }
  }
  return { mapping, changes, ticks }
}

describe('having the router forward a port', () => {
  test('N58 it is asked for TCP and UDP, its port is told, asked again in time, and told when it is over', async () => {
    const asked: string[] = []
    const one = router('router', asked)
    const { mapping, changes, ticks } = setUp(() => of(one))
    expect(mapping.state).toBe('searching')
    await ticks(10)
    expect([mapping.state, mapping.ports, changes]).toEqual(['mapped', [4002], ['mapped']])
    expect(asked).toEqual(['router maps TCP 4001', 'router maps UDP 4001'])
    await ticks(26 * 60)
    expect(asked).toHaveLength(4)
    expect(changes).toHaveLength(1)
    mapping.stop()
    expect(asked.slice(4)).toEqual(['router unmaps TCP 4002', 'router unmaps UDP 4002'])
  })

  test('N58 a router that refuses is passed over for one that does not', async () => {
    const { mapping, ticks } = setUp(() => of(router('deaf', [], 'refuses'), router('router', [])))
    await ticks(1)
    expect([mapping.state, mapping.ports]).toEqual(['mapped', [4002]])
  })

  test('N58 without any router nothing happens, nor where the search itself fails or does not end', async () => {
    const searches: readonly (() => AsyncIterable<Router>)[] = [
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
      const { mapping, ticks } = setUp(search)
      await ticks(15)
      expect([mapping.state, mapping.ports]).toEqual(['none', []])
      mapping.stop()
    }
  })

  test('N58 later it is tried again, at once in another network, and never where it is off', async () => {
    let searches = 0
    const none = (): AsyncIterable<Router> => {
      searches++
      return of()
    }
    const { mapping, ticks } = setUp(none)
    await ticks(30)
    expect(searches).toBe(1)
    mapping.reconsider()
    await ticks(2)
    expect(searches).toBe(2)
    await ticks(601)
    expect(searches).toBe(3)
    const off = setUp(none, { enabled: false })
    await off.ticks(3)
    expect([off.mapping.state, searches]).toEqual(['off', 3])
  })
})

describe('what machines on the LAN answer to a search for routers', () => {
  const answer = (location: string): Uint8Array => utf8(`HTTP/1.1 200 OK\r\nST: x\r\nLocation: ${location}\r\n\r\n`)

  test('N58 a description is read on the machine that answers, and nowhere else', () => {
    expect(readAnswer(answer('http://10.0.0.1:5000/root.xml'), '10.0.0.1')?.href).toBe('http://10.0.0.1:5000/root.xml')
    for (const location of ['http://10.0.0.2/', 'http://localhost/', 'https://10.0.0.1/', 'file:///etc/passwd', 'x']) {
      expect(readAnswer(answer(location), '10.0.0.1')).toBeUndefined()
    }
    for (const text of ['', 'NOTIFY * HTTP/1.1\r\nLocation: http://10.0.0.1/', 'FOO * HTTP/1.1', 'HTTP/1.1 200 OK']) {
      expect(readAnswer(utf8(text), '10.0.0.1')).toBeUndefined()
    }
  })

  test('N58 so are the services that map ports', () => {
    const location = new URL('http://10.0.0.1:5000/root.xml')
    const service = (type: string, control: string): string =>
      `<service><serviceType>urn:schemas-upnp-org:service:${type}</serviceType><controlURL>${control}</controlURL></service>`
    const text = service('Layer3Forwarding:1', '/l3') + service('WANIPConnection:1', '/control')
    expect(readService(text, location)?.control.href).toBe('http://10.0.0.1:5000/control')
    expect(readService(service('WANPPPConnection:1', 'ppp'), location)?.type).toContain('WANPPPConnection:1')
    expect(readService(service('WANIPConnection:2', 'http://10.0.0.9/'), location)).toBeUndefined()
    expect(readService('<root/>', location)).toBeUndefined()
  })
})
