import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'

import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'

import { createApiClient, openWebSocketChannel, tokenOf } from '../../src/api/client/index.ts'
import { contentSecurityPolicy, serveUi } from '../../src/api/http/index.ts'
import { checkLeaks } from '../support/leak-check.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { FakeService, statusOf } from './fake-service.ts'

async function serve() {
  const folder = await temporaryFolder('ui')
  const directory = join(folder, 'renderer')
  await mkdir(join(directory, 'assets'), { recursive: true })
  await writeFile(join(directory, 'index.html'), '<!doctype html><title>Murmuration</title>')
  await writeFile(join(directory, 'assets', 'main-1a2b3c.js'), 'export {}')
  await writeFile(join(folder, 'secret.txt'), 'a secret')
  const service = new FakeService()
  service.handle('peer.status', () => statusOf())
  const ui = await serveUi({ service, port: 0, directory })
  onTestFinished(() => ui.close())
  const token = tokenOf(new URL(ui.address).hash) ?? ''
  const origin = `http://127.0.0.1:${ui.port}`
  return { ui, service, directory, token, origin }
}

/** A request exactly as written, paths and headers that no well-behaved client sends included. */
async function raw(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write([...lines, 'Connection: close', '', ''].join('\r\n'))
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  await once(socket, 'close')
  return Buffer.concat(chunks).toString()
}

const statusLine = (response: string): string => response.split('\r\n', 1)[0] ?? ''

/** The HTTP status that a WebSocket is refused with, or 101. */
async function upgrade(
  port: number,
  options: { readonly protocols: string[]; readonly headers?: Record<string, string>; readonly path?: string },
): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${options.path ?? '/api'}`, options.protocols, {
    headers: options.headers ?? {},
  })
  return await new Promise((resolve, reject) => {
    socket.once('open', () => {
      expect(socket.protocol).toBe('murmuration.v1')
      socket.terminate()
      resolve(101)
    })
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      socket.terminate()
      resolve(response.statusCode ?? 0)
    })
    socket.once('error', reject)
  })
}

describe('the page', () => {
  test('A19 comes with headers that keep it to itself, and is not cached', async () => {
    checkLeaks()
    const { ui, origin } = await serve()
    const response = await fetch(`${origin}/`)
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('Murmuration')
    const headers = Object.fromEntries(response.headers)
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy({
        connectTo: [`ws://127.0.0.1:${ui.port}`, `ws://localhost:${ui.port}`],
      }),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    expect(headers['content-security-policy']).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*/)
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    await ui.close()
  })

  test('A19 has its hashed files kept by the browser, and nothing else served', async () => {
    const { origin } = await serve()
    const script = await fetch(`${origin}/assets/main-1a2b3c.js`)
    expect(script.headers.get('content-type')).toContain('javascript')
    expect(script.headers.get('cache-control')).toContain('immutable')
    const missing = await fetch(`${origin}/assets/none.js`)
    expect(missing.status).toBe(404)
    expect(missing.headers.get('cache-control')).toBe('no-store')
    expect((await fetch(origin, { method: 'POST' })).status).toBe(405)
  })

  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '//etc/passwd',
    '/%00',
    'file:///etc/passwd',
    'http://127.0.0.1/../secret.txt',
  ])('A19 no path leads out of its folder: %s', async (path) => {
    const { ui } = await serve()
    const response = await raw(ui.port, [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${ui.port}`])
    expect(response).not.toContain('a secret')
    expect(response).not.toContain('root:')
  })

  test.each([
    ['evil.example', '403'],
    ['127.0.0.1.evil.example', '403'],
    ['127.0.0.1', '403'],
    ['127.0.0.1:1', '403'],
    ['[::1]', '403'],
  ])('A17 a name that somebody else made point here (DNS rebinding) gets nothing: %s', async (host, status) => {
    const { ui, token } = await serve()
    const response = await raw(ui.port, ['GET / HTTP/1.1', `Host: ${host}`])
    expect(statusLine(response)).toContain(status)
    expect(response).not.toContain('<title>')
    expect(
      await upgrade(ui.port, {
        protocols: ['murmuration.v1', `token.${token}`],
        headers: { host, origin: `http://${host}` },
      }),
    ).toBe(403)
  })

  test('A17 another site gets nothing, whatever it asks for', async () => {
    const { origin } = await serve()
    const response = await fetch(`${origin}/assets/main-1a2b3c.js`, { headers: { origin: 'https://evil.example' } })
    expect(response.status).toBe(403)
    expect(await response.text()).not.toContain('export')
  })

  test('A17 is reachable on 127.0.0.1 alone', async () => {
    const { ui } = await serve()
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ address, family }) => family === 'IPv4' && address !== '127.0.0.1')
      .map(({ address }) => address)
    for (const address of ['127.0.0.2', ...others]) {
      const socket = connect(ui.port, address)
      await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    }
  })
})

describe('the way from the page to its peer', () => {
  test('A18 opens with the token of the printed address, from this page alone', async () => {
    checkLeaks()
    const { ui, token, origin } = await serve()
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const create = (address: string, protocols: string[]) => new WebSocket(address, protocols, { origin })
    const client = createApiClient(await openWebSocketChannel({ origin, token, create }))
    expect(await client.call('peer.status', {})).toEqual(statusOf())
    await ui.close()
    await expect(client.call('peer.status', {})).rejects.toMatchObject({ code: 'PEER_GONE' })
  })

  test('A18 refuses every other token, origin and path', async () => {
    const { ui, service, token, origin } = await serve()
    const right = ['murmuration.v1', `token.${token}`]
    const allowed = { origin }
    expect(await upgrade(ui.port, { protocols: right, headers: allowed })).toBe(101)
    const localhost = { origin: `http://localhost:${ui.port}`, host: `localhost:${ui.port}` }
    expect(await upgrade(ui.port, { protocols: right, headers: localhost })).toBe(101)
    const wrong: Parameters<typeof upgrade>[1][] = [
      { protocols: [], headers: allowed },
      { protocols: ['murmuration.v1'], headers: allowed },
      { protocols: [`token.${token}`], headers: allowed },
      { protocols: ['murmuration.v1', 'token.'], headers: allowed },
      { protocols: ['murmuration.v1', `token.${token.slice(1)}`], headers: allowed },
      { protocols: ['murmuration.v1', `token.${'A'.repeat(43)}`], headers: allowed },
      { protocols: ['murmuration.v1'], headers: allowed, path: `/api?token=${token}` },
      { protocols: right },
      { protocols: right, headers: { origin: 'null' } },
      { protocols: right, headers: { origin: 'https://evil.example' } },
      { protocols: right, headers: { origin: `https://127.0.0.1:${ui.port}` } },
      { protocols: right, headers: { origin: `http://127.0.0.1:${ui.port}.evil.example` } },
    ]
    for (const attempt of wrong) expect(await upgrade(ui.port, attempt)).toBe(403)
    expect(await upgrade(ui.port, { protocols: right, headers: allowed, path: '/other' })).toBe(404)
    expect(service.calls).toHaveLength(0)
  })

  test('A18 each start has a token of its own, and the page of an earlier one is told that trying again is no use', async () => {
    const first = await serve()
    await first.ui.close()
    const ui = await serveUi({ service: first.service, port: first.ui.port, directory: first.directory })
    onTestFinished(() => ui.close())
    expect(ui.address).not.toBe(first.ui.address)
    const { origin, token } = first
    const create = (address: string, protocols: string[]) => new WebSocket(address, protocols, { origin })
    await expect(openWebSocketChannel({ origin, token, create })).rejects.toMatchObject({ code: 'REFUSED' })
    await ui.close()
    await expect(openWebSocketChannel({ origin, token, create })).rejects.toMatchObject({ code: 'PEER_GONE' })
  })

  test('A4 a page that sends rubbish loses its connection alone', async () => {
    const { ui, token, origin } = await serve()
    const protocols = ['murmuration.v1', `token.${token}`]
    const rubbish = new WebSocket(`ws://127.0.0.1:${ui.port}/api`, protocols, { origin })
    await once(rubbish, 'open')
    rubbish.send('hello')
    const [code] = (await once(rubbish, 'close')) as [number]
    expect(code).toBe(1002)
    const create = (address: string, list: string[]) => new WebSocket(address, list, { origin })
    const client = createApiClient(await openWebSocketChannel({ origin, token, create }))
    expect(await client.call('peer.status', {})).toEqual(statusOf())
  })
})

describe('starting', () => {
  test('A20 a port that is taken is one clear line that names it and the way out', async () => {
    const { directory, service } = await serve()
    const other = createServer()
    onTestFinished(() => {
      other.close()
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const failure: unknown = await serveUi({ service, port, directory }).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'PORT_TAKEN', message: expect.stringContaining(`Port ${port} of 127.0.0.1`) })
    expect((failure as Error).message).toContain('--ui')
    expect((failure as Error).message).not.toContain('\n')
  })

  test('A20 an interface that was not built says how to build it', async () => {
    const folder = await temporaryFolder('ui')
    await expect(serveUi({ service: new FakeService(), port: 0, directory: folder })).rejects.toMatchObject({
      code: 'INTERFACE_MISSING',
      message: expect.stringContaining(folder),
    })
  })
})
