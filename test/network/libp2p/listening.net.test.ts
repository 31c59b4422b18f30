import { createServer } from 'node:net'

import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

import { loadLibp2p } from '../../../src/network/libp2p/modules.ts'
import { eventually } from '../../support/eventually.ts'
import { checkLeaks } from '../../support/leak-check.ts'
import { Libp2pLab } from './lab.ts'

describe('listening', () => {
  let lab: Libp2pLab
  beforeEach(async () => {
    // Loading it opens the pipes of this process's own output.
    await loadLibp2p()
    lab = new Libp2pLab()
  })
  afterEach(async () => {
    await lab.end()
  })

  async function failure(listen: readonly string[]): Promise<Error & { code: string }> {
    const network = lab.make('alice', { listen })
    const error = await network.start().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(network.addresses()).toEqual([])
    return error as Error & { code: string }
  }

  test('N31 an address in use is named, with the way out, and the next start works', async () => {
    checkLeaks()
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void squatter.close())
    const port = (squatter.address() as { port: number }).port
    const error = await failure([`/ip4/127.0.0.1/tcp/${port}`])
    expect(error.code).toBe('LISTEN_FAILED')
    expect(error.message).toContain(`/ip4/127.0.0.1/tcp/${port}`)
    expect(error.message).toContain('in use by another program')
    expect(error.message).not.toContain('\n')

    const again = lab.make('alice')
    await again.start()
    expect(again.addresses()).toHaveLength(1)
    await again.stop()
    squatter.close()
  })

  test('N31 an address that this machine does not have', async () => {
    const error = await failure(['/ip4/203.0.113.7/tcp/0'])
    expect(error.code).toBe('LISTEN_FAILED')
    expect(error.message).toContain('this machine has no such address')
  })

  test.each(['nonsense', '/ip4/127.0.0.1', '/ip4/127.0.0.1/udp/1', ''])(
    'N31 "%s" is nothing to listen on',
    async (text) => {
      expect((await failure([text])).code).toBe('INVALID_INPUT')
    },
  )

  test('N3 a stop with streams and neighbours takes less than a second and leaves nothing behind', async () => {
    checkLeaks()
    const alice = lab.make('alice')
    const bob = lab.make('bob')
    bob.handle('/murmuration/test/mute/1', async () => undefined)
    await alice.start()
    await bob.start()
    await alice.connect(bob.addresses())
    await eventually(() => bob.peers().length === 1)
    const streams = await Promise.all(
      Array.from({ length: 10 }, () => alice.openStream(bob.device, '/murmuration/test/mute/1')),
    )
    // One that is stuck: nobody reads it.
    for (const stream of streams.slice(0, 3)) void stream.send(new Uint8Array(1_300_000)).catch(() => undefined)
    const began = performance.now()
    await alice.stop()
    expect(performance.now() - began).toBeLessThan(1500)
    expect(streams.every(({ signal }) => signal.aborted)).toBe(true)
    await bob.stop()
  })
})
