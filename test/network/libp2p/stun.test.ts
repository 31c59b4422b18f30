import { createSocket } from 'node:dgram'
import { once } from 'node:events'

import { describe, expect, onTestFinished, test } from 'vitest'

import { fromHex, toHex } from '../../../src/base/bytes.ts'
import { systemClock } from '../../../src/base/clock.ts'
import type { Service } from '../../../src/network/libp2p/address-record.ts'
import { makeRecord } from '../../../src/network/libp2p/address-record.ts'
import { parsePeerAddress } from '../../../src/network/libp2p/peer-address.ts'
import { bindingResponse, readBindingRequest } from '../../../src/network/libp2p/reach/stun-message.ts'
import { startStunResponder } from '../../../src/network/libp2p/reach/stun-responder.ts'
import { stunServers } from '../../../src/network/libp2p/reach/stun-servers.ts'
import { testKey } from './identities.ts'

const TRANSACTION = 'b7e7a701bc34d686fa87dfae'
const REQUEST = fromHex(`000100002112a442${TRANSACTION}`)

describe('answering STUN', () => {
  test('N56 the answers are those of the test vectors of RFC 5769', () => {
    const transaction = fromHex(TRANSACTION)
    const v4 = bindingResponse(transaction, '192.0.2.1', 32853)
    expect(toHex(v4 ?? new Uint8Array())).toBe(`0101000c2112a442${TRANSACTION}002000080001a147e112a643`)
    const v6 = bindingResponse(transaction, '2001:db8:1234:5678:11:2233:4455:6677', 32853)
    expect(toHex(v6 ?? new Uint8Array())).toBe(
      `010100182112a442${TRANSACTION}002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9`,
    )
    expect(bindingResponse(transaction, '::ffff:192.0.2.1', 32853)).toEqual(v4)
    expect(bindingResponse(transaction, 'nowhere', 1)).toBeUndefined()
  })

  test.each([
    ['nothing', ''],
    ['an answer', `010100002112a442${TRANSACTION}`],
    ['another cookie', `000100002112a443${TRANSACTION}`],
    ['a length that is not so', `000100042112a442${TRANSACTION}`],
    ['a transaction cut off', `000100002112a442${TRANSACTION.slice(2)}`],
  ])('N56 %s is no request', (_, hex) => {
    expect(readBindingRequest(fromHex(hex))).toBeUndefined()
  })

  test('N56 who asks over UDP is told its own address; who asks too often is not', async () => {
    const client = createSocket('udp4')
    onTestFinished(() => void client.close())
    client.bind(0, '127.0.0.1')
    await once(client, 'listening')
    const probe = createSocket('udp4')
    probe.bind(0, '127.0.0.1')
    await once(probe, 'listening')
    const { port } = probe.address()
    await new Promise<void>((resolve) => probe.close(() => resolve()))
    const responder = await startStunResponder(port, systemClock)
    onTestFinished(() => responder.dispose())

    client.send(REQUEST, port, '127.0.0.1')
    const [answer] = (await once(client, 'message')) as [Buffer]
    expect(Buffer.from(bindingResponse(fromHex(TRANSACTION), '127.0.0.1', client.address().port) ?? [])).toEqual(answer)

    let answers = 0
    client.on('message', () => answers++)
    for (let i = 0; i < 200; i++) client.send(REQUEST, port, '127.0.0.1')
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(answers).toBeGreaterThan(10)
    expect(answers).toBeLessThan(60)
  })

  test('N56 asked are those that are reached, at one address of each, the public one first', () => {
    const serving = (name: string, hosts: readonly string[], serves: readonly Service[] = ['stun']) => {
      const key = testKey(name)
      const addresses = hosts.map((host) => parsePeerAddress(`/ip4/${host}/tcp/4001/p2p/${key.device}`))
      return makeRecord(key, 1, addresses, serves)
    }
    const near = serving('near', ['10.0.0.1', '203.0.113.1'])
    const far = serving('far', ['203.0.113.2'])
    const mute = serving('mute', ['203.0.113.3'], ['relay'])
    const records = [mute, far, near]
    expect(stunServers(records, (device) => device === near.device)).toEqual(['stun:203.0.113.1:4001'])
    expect(stunServers(records, () => false)).toEqual(['stun:203.0.113.2:4001', 'stun:203.0.113.1:4001'])
    expect(stunServers([mute], () => true)).toEqual([])
  })
})
