import { Socket } from 'node:net'

import { describe, expect, test } from 'vitest'

import { coalescingTcp } from '../../../src/network/libp2p/tcp-transport.ts'

describe('TCP with fewer packets', () => {
  /** A transport that hands the connection, whatever it is, to the upgrader. */
  function upgraded(connection: object): { readonly sendData: (data: readonly string[]) => unknown } {
    let seen: unknown
    const upgrader = { upgradeInbound: (given: unknown) => (seen = given) }
    const transport = {
      dial: () => undefined,
      createListener: (options: { upgrader: typeof upgrader }) => options.upgrader.upgradeInbound(connection),
    }
    coalescingTcp((() => transport) as never)({} as never).createListener({ upgrader } as never)
    return seen as never
  }

  test('N16 the pieces of a message leave in one write', () => {
    const calls: string[] = []
    const socket = Object.assign(new Socket(), {
      cork: () => calls.push('cork'),
      uncork: () => calls.push('uncork'),
    })
    const sendData = (data: readonly string[]): number => calls.push(...data)
    expect(upgraded({ socket, sendData }).sendData(['length', 'ciphertext'])).toBe(3)
    expect(calls).toEqual(['cork', 'length', 'ciphertext', 'uncork'])
  })

  test('N16 a write that fails leaves the socket uncorked', () => {
    const socket = new Socket()
    const sendData = (): never => {
      throw new Error('broken')
    }
    expect(() => upgraded({ socket, sendData }).sendData([])).toThrow('broken')
    expect(socket.writableCorked).toBe(0)
  })

  test('N16 a connection that is built otherwise is left as it is', () => {
    const connection = { sendData: () => 'as it was' }
    expect(upgraded(connection)).toBe(connection)
  })
})
