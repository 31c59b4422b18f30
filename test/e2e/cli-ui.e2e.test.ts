import { expect, test } from 'vitest'
import { WebSocket } from 'ws'

import { createApiClient, openWebSocketChannel, tokenOf } from '../../src/api/client/index.ts'
import { Machine, PROGRAM, runNode } from './murmuration.ts'
import { join } from 'node:path'

test('up --ui serves the interface, and the peer to those who have its address', async () => {
  const alice = await Machine.fresh('alice')
  await alice.json(['swarm', 'create', 'Studio Lisbon'])
  const { ready } = await alice.up(['--ui'])
  const address = new URL(ready.ui ?? '')
  expect(address.hostname).toBe('127.0.0.1')
  const page = await fetch(address)
  expect(page.status).toBe(200)
  const html = await page.text()
  expect(html).toContain('<title>')
  const script = /src="(?:\.\/)?([^"]+\.js)"/.exec(html)?.[1] ?? ''
  expect((await fetch(new URL(script, address))).headers.get('content-type')).toContain('javascript')
  const { origin } = address
  const create = (url: string, protocols: string[]) => new WebSocket(url, protocols, { origin })
  const token = tokenOf(address.hash) ?? ''
  const client = createApiClient(await openWebSocketChannel({ origin, token, create }))
  expect((await client.call('peer.status', {})).deviceId).toBe(ready.deviceId)
  const wrong = openWebSocketChannel({ origin, token: token.replace(/.$/, '_'), create })
  await expect(wrong).rejects.toMatchObject({ code: 'REFUSED' })
  client.dispose()
})

test('the command of a checkout is the built program, whatever Node it is started with', async () => {
  const script = join(PROGRAM, '..', '..', 'scripts', 'murmuration.mjs')
  const version = await runNode([script, '--version'])
  expect(version).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  expect(await runNode([script, 'stauts'])).toMatchObject({
    status: 2,
    stdout: '',
    stderr: "murmuration: unknown command 'stauts' (Did you mean status?)\n",
  })
})
