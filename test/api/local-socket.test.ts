import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'

import { describe, expect, onTestFinished, test } from 'vitest'

import { createApiClient } from '../../src/api/client/index.ts'
import { connectLocally, listenLocally } from '../../src/api/socket/index.ts'
import type { LocalServer } from '../../src/api/socket/index.ts'
import { prepareAddress } from '../../src/api/socket/address.ts'
import { eventually } from '../support/eventually.ts'
import { checkLeaks } from '../support/leak-check.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { FakeService, statusOf } from './fake-service.ts'

async function listen(dataDirectory: string, service = new FakeService()): Promise<LocalServer> {
  const server = await listenLocally({ service, dataDirectory })
  onTestFinished(() => server.close())
  return server
}

async function call(dataDirectory: string) {
  const client = createApiClient(await connectLocally({ dataDirectory }))
  try {
    return await client.call('peer.status', {})
  } finally {
    client.dispose()
  }
}

function serviceNamed(name: string): FakeService {
  const service = new FakeService()
  service.handle('peer.status', () => statusOf({ name }))
  return service
}

describe.skipIf(process.platform === 'win32')('the local socket', () => {
  test('A15 is made for its owner alone, serves, and is gone after closing', async () => {
    checkLeaks()
    const folder = await temporaryFolder('socket')
    const server = await listen(folder, serviceNamed('alice'))
    expect(server.address).toBe(join(folder, 'api.sock'))
    expect((await stat(server.address)).mode & 0o777).toBe(0o600)
    expect(await call(folder)).toMatchObject({ name: 'alice' })
    await server.close()
    await expect(stat(server.address)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(call(folder)).rejects.toMatchObject({
      code: 'NOT_RUNNING',
      message: `No Murmuration is running on ${folder}.`,
    })
  })

  test('A15 a folder in which no peer ever was has none running', async () => {
    const folder = await temporaryFolder('socket')
    await expect(call(join(folder, 'none'))).rejects.toMatchObject({ code: 'NOT_RUNNING' })
  })

  test('A15 what a killed peer left is replaced', async () => {
    const folder = await temporaryFolder('socket')
    const path = join(folder, 'api.sock')
    const child = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`,
    ])
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect((await stat(path)).isSocket()).toBe(true)
    await expect(call(folder)).rejects.toMatchObject({ code: 'NOT_RUNNING' })
    await listen(folder, serviceNamed('alice'))
    expect(await call(folder)).toMatchObject({ name: 'alice' })
  })

  test('A15 a second peer on the folder is refused, and the first goes on', async () => {
    const folder = await temporaryFolder('socket')
    await listen(folder, serviceNamed('alice'))
    await expect(listen(folder)).rejects.toMatchObject({
      code: 'ALREADY_RUNNING',
      message: expect.stringContaining(folder),
    })
    expect(await call(folder)).toMatchObject({ name: 'alice' })
  })

  test('A15 closing ends connections, those that never said a word included', async () => {
    checkLeaks()
    const folder = await temporaryFolder('socket')
    const server = await listen(folder)
    const client = createApiClient(await connectLocally({ dataDirectory: folder }))
    const silent = connect(server.address)
    await once(silent, 'connect')
    silent.resume()
    await client.call('peer.wake', {})
    await server.close()
    await eventually(() => client.closed.aborted && silent.closed)
    await expect(client.call('peer.wake', {})).rejects.toMatchObject({ code: 'PEER_GONE' })
  })

  test('A4 a program that sends rubbish loses its connection, and others are served', async () => {
    const folder = await temporaryFolder('socket')
    const server = await listen(folder, serviceNamed('alice'))
    const rubbish = connect(server.address)
    rubbish.write('GET / HTTP/1.1\r\n\r\n')
    await once(rubbish.resume(), 'close')
    const promise = connect(server.address)
    promise.write(Uint8Array.of(0x7f, 0xff, 0xff, 0xff))
    await once(promise.resume(), 'close')
    expect(await call(folder)).toMatchObject({ name: 'alice' })
  })

  test('A16 a folder whose path is too long gets its socket elsewhere, in a folder of its own', async () => {
    const folder = join(await temporaryFolder('socket'), 'a'.repeat(60), 'b'.repeat(60))
    await mkdir(folder, { recursive: true })
    const server = await listen(folder, serviceNamed('alice'))
    expect(server.address.length).toBeLessThanOrEqual(103)
    expect((await readFile(join(folder, 'api.address'), 'utf8')).trim()).toBe(server.address)
    expect((await stat(join(server.address, '..'))).mode & 0o777).toBe(0o700)
    expect(await call(folder)).toMatchObject({ name: 'alice' })
    await server.close()
    await expect(call(folder)).rejects.toMatchObject({ code: 'NOT_RUNNING' })
    const again = await listen(folder, serviceNamed('alice again'))
    expect(again.address).toBe(server.address)
    expect(await call(folder)).toMatchObject({ name: 'alice again' })
  })

  test('A16 a folder under the temporary one that others may write to is refused', async () => {
    const temporaryDirectory = await temporaryFolder('socket')
    const dataDirectory = join(temporaryDirectory, 'a'.repeat(60), 'b'.repeat(60))
    await mkdir(dataDirectory, { recursive: true })
    const address = await prepareAddress({ dataDirectory, temporaryDirectory })
    await chmod(join(address, '..'), 0o777)
    await expect(prepareAddress({ dataDirectory, temporaryDirectory })).rejects.toMatchObject({ code: 'LOCAL_SOCKET' })
  })

  test('A15 a file in the place of the socket is one clear failure', async () => {
    const folder = await temporaryFolder('socket')
    await mkdir(join(folder, 'api.sock'))
    await writeFile(join(folder, 'api.sock', 'x'), '')
    await expect(listen(folder)).rejects.toMatchObject({
      code: 'LOCAL_SOCKET',
      message: expect.stringContaining(join(folder, 'api.sock')),
    })
  })
})

test('A16 on Windows the pipe has a name that nobody guesses, recorded in the data folder', async () => {
  const dataDirectory = await temporaryFolder('socket')
  const address = await prepareAddress({ dataDirectory, platform: 'win32' })
  expect(address).toMatch(/^\\\\\.\\pipe\\murmuration-[0-9a-f]{32}$/)
  expect(await readFile(join(dataDirectory, 'api.address'), 'utf8')).toBe(`${address}\n`)
  expect(await prepareAddress({ dataDirectory, platform: 'win32' })).not.toBe(address)
})
