import { readFile, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { describe, expect, onTestFinished, test } from 'vitest'

import { temporaryFolder } from '../support/temporary-folder.ts'
import type { Outcome } from './murmuration.ts'
import { Machine, swarmOf } from './murmuration.ts'

/** A failure is status 1, nothing on stdout, and one line that names the thing and the way out. */
function expectLine(outcome: Outcome, ...parts: readonly string[]): void {
  expect(outcome).toMatchObject({ status: 1, stdout: '' })
  expect(outcome.stderr).toMatch(/^murmuration: [^\n]+\n$/)
  for (const part of parts) expect(outcome.stderr).toContain(part)
}

describe('one clear line that names the thing and the way out', () => {
  test('no peer is running on the folder', async () => {
    const alice = await Machine.fresh('alice')
    for (const args of [['status'], ['doc', 'list'], ['send', 'general', 'hello'], ['invite'], ['stop']]) {
      expectLine(await alice.run(args), alice.folder, 'Start one with: murmuration up')
    }
  })

  test('an invite that is malformed, cut off, or for nobody who answers', async () => {
    const { machines, peers, invite } = await swarmOf('alice')
    const bob = await Machine.fresh('bob')
    expectLine(await bob.run(['join', 'hello']), 'invite')
    expectLine(await bob.run(['join', invite.slice(0, -5)]), 'invite')
    expectLine(await bob.run(['join', `${invite.slice(0, 60)}AAAA${invite.slice(64)}`]), 'invite')
    expectLine(await bob.run(['join', `murmuration://join/${'A'.repeat(9000)}`]), 'invite')
    await peers[0]?.process.end()
    expectLine(await bob.run(['join', invite]), 'could be reached')
    await machines[0]?.up()
    expect((await bob.run(['status'])).status).toBe(1)
  })

  test('a second swarm on one folder', async () => {
    const { machines, invite } = await swarmOf('alice')
    const [alice] = machines as [Machine]
    expectLine(await alice.run(['swarm', 'create', 'Another']), 'Studio Lisbon', '--data-dir')
    expectLine(await alice.run(['join', invite]), 'Studio Lisbon', '--data-dir')
    const bob = await Machine.fresh('bob')
    await bob.json(['swarm', 'create', 'Bobs'])
    expectLine(await bob.run(['swarm', 'create', 'Again']), 'Bobs')
  })

  test('two peers on one folder: the second says so, the first goes on', async () => {
    const { machines } = await swarmOf('alice')
    const [alice] = machines as [Machine]
    expectLine(await alice.run(['up', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']), alice.folder, '--data-dir')
    expect((await alice.status()).name).toBe('alice')
  })

  test('a port for the interface that is taken', async () => {
    const alice = await Machine.fresh('alice')
    const other = createServer()
    onTestFinished(() => {
      other.close()
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    expectLine(await alice.run(['up', '--ui', String(port)]), `Port ${port}`, '--ui')
    await alice.up()
  })

  test('an address to listen on that is taken or is none', async () => {
    const alice = await Machine.fresh('alice')
    await alice.json(['swarm', 'create', 'Studio Lisbon'])
    const other = createServer()
    onTestFinished(() => {
      other.close()
    })
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    const taken = `/ip4/127.0.0.1/tcp/${port}`
    expectLine(await alice.run(['up', '--no-mdns', '--listen', taken]), String(port))
    expectLine(await alice.run(['up', '--no-mdns', '--listen', '/nonsense/1']), '/nonsense/1')
  })

  test('a folder that is a file, or that may not be written', async () => {
    const folder = await temporaryFolder('bad')
    await writeFile(join(folder, 'file'), '')
    const inFile = new Machine('alice', join(folder, 'file'))
    expectLine(await inFile.run(['up', '--no-mdns']), inFile.folder, '--data-dir')
    const belowFile = new Machine('alice', join(folder, 'file', 'data'))
    expectLine(await belowFile.run(['swarm', 'create', 'x']), belowFile.folder, '--data-dir')
  })

  test('a key or settings that are damaged, which are left as they are', async () => {
    const { machines, peers } = await swarmOf('alice')
    const [alice] = machines as [Machine]
    await peers[0]?.process.end()
    for (const name of ['device.key', 'settings.json']) {
      const file = join(alice.folder, name)
      const whole = await readFile(file)
      await writeFile(file, '{"half')
      expectLine(await alice.run(['up', '--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']), file)
      expect(await readFile(file, 'utf8')).toBe('{"half')
      await writeFile(file, whole)
    }
    expect((await alice.up()).ready.deviceId).toBe(peers[0]?.ready.deviceId)
  })

  test('records that are damaged are mended, and the person is told', async () => {
    const { machines, peers } = await swarmOf('alice')
    const [alice] = machines as [Machine]
    await alice.json(['channel', 'create', 'general'])
    await alice.json(['send', 'general', 'kept'])
    await peers[0]?.process.end()
    const store = join(alice.folder, 'store')
    const manifest = (await readdir(store)).find((name) => name.startsWith('MANIFEST')) ?? ''
    await writeFile(join(store, manifest), 'nothing of the kind')
    await alice.up()
    const { notices } = await alice.status()
    expect(notices).toContainEqual(
      expect.objectContaining({ level: expect.not.stringMatching('info'), text: expect.stringContaining(store) }),
    )
    expect(await alice.json<unknown[]>(['read', 'general'])).toMatchObject([{ text: 'kept' }])
  })

  test('a message of 1 MB, a channel and a document that do not exist', async () => {
    const { machines } = await swarmOf('alice')
    const [alice] = machines as [Machine]
    await alice.json(['channel', 'create', 'general'])
    expectLine(await alice.run(['send', 'general', '-'], { input: 'x'.repeat(1_000_000) }), 'KB')
    expect(await alice.json<unknown[]>(['read', 'general'])).toEqual([])
    expectLine(await alice.run(['send', 'generl', 'hello']), 'generl', 'general')
    expectLine(await alice.run(['read', 'nowhere']), 'nowhere')
    expectLine(await alice.run(['doc', 'cat', 'nonsense']), 'nonsense')
    expectLine(await alice.run(['doc', 'cat', 'AAAAAAAAAAAAAAAAAAAAAA']), 'AAAAAAAAAAAAAAAAAAAAAA')
    expectLine(await alice.run(['connect', '/ip4/127.0.0.1/tcp/1']), '127.0.0.1')
  })

  test('a channel whose name is taken, and a swarm that is not there yet', async () => {
    const { machines } = await swarmOf('alice')
    const [alice] = machines as [Machine]
    await alice.json(['channel', 'create', 'general'])
    expectLine(await alice.run(['channel', 'create', 'general']), 'general')
    const bob = await Machine.fresh('bob')
    await bob.up()
    expectLine(await bob.run(['doc', 'list']), 'swarm create', 'join')
  })
})
