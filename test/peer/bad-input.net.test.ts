import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import { deviceKeyFromSeed } from '../../src/identity/index.ts'
import { decodeInviteLink, encodeInviteLink, foundedSpace, signGrant } from '../../src/identity/roster/index.ts'
import { eventually, eventuallyPasses } from '../support/eventually.ts'
import { startProcess } from '../support/processes.ts'
import { describeWith, onPath } from '../support/requires.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { takenPort } from './free-port.ts'
import { localPeer } from './local-peer.ts'
import { newerMachine } from './newer-machine.ts'
import { allSynced, failing, murmuration, RealPeer, swarmOf } from './real-peer.ts'

const HOUR_MS = 3_600_000

/** One line, for a person: what is wrong, with what, and the way out. */
function oneLine(stderr: string): string {
  const lines = stderr.trimEnd().split('\n')
  expect(lines).toHaveLength(1)
  expect(stderr).toMatch(/^murmuration: /)
  expect(stderr).not.toContain('something went wrong that should not')
  return lines[0] ?? ''
}

async function duo(label: string) {
  const root = await temporaryFolder(label)
  const [alice, bob] = await swarmOf(['alice', 'bob'], { root })
  if (alice === undefined || bob === undefined) throw new Error('no peers')
  await alice.client.call('channel.create', { name: 'general' })
  await allSynced([alice, bob])
  return { root, alice, bob }
}

async function up(folder: string, ...more: readonly string[]) {
  return await failing(
    murmuration(['up', '--json', '--no-mdns', '--data-dir', folder, '--listen', '/ip4/127.0.0.1/tcp/0', ...more]),
  )
}

/** Overwrites the middle third of a file. */
async function damage(file: string): Promise<void> {
  const bytes = await readFile(file)
  bytes.fill(0xa5, Math.floor(bytes.length / 3), Math.floor((bytes.length * 2) / 3))
  await writeFile(file, bytes)
}

async function filesOf(folder: string, ending: RegExp): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => ending.test(name))
  return names.map((name) => join(folder, name))
}

describe('a damaged store', () => {
  test(
    'is repaired, the person is told, and what was lost comes back from others, once',
    { timeout: 90_000 },
    async () => {
      const { alice, bob } = await duo('damaged')
      await bob.send('general', 'before all')
      await allSynced([alice, bob])
      // A restart puts what there is into tables: only what comes after it stands in the log that is damaged.
      await bob.stop()
      const second = await RealPeer.up({ folder: bob.folder })
      const said = ['before all']
      for (let number = 0; number < 30; number++) {
        const text = `${number} ${'y'.repeat(500)}`
        said.push(text)
        await (number % 2 === 0 ? second : alice).send('general', text)
      }
      await allSynced([alice, second])
      await second.kill9()
      for (const log of await filesOf(join(bob.folder, 'store'), /\.log$/)) await damage(log)

      const repaired = await RealPeer.up({ folder: bob.folder })
      expect(await repaired.notice('store-repaired')).toMatch(/^Some of the newest records in .*store were damaged/)
      // Written before anybody could say what is missing: it must not get into the way of what comes back.
      await repaired.send('general', 'after the repair')
      said.push('after the repair')
      await allSynced([alice, repaired])
      for (const peer of [alice, repaired]) {
        await eventuallyPasses(async () => expect([...(await peer.texts('general'))].sort()).toEqual([...said].sort()))
      }
    },
  )

  test(
    'that is gone altogether costs neither the swarm nor what others hold, and the person is told',
    { timeout: 90_000 },
    async () => {
      const { alice, bob } = await duo('gone')
      await bob.send('general', 'written by bob')
      await alice.send('general', 'written by alice')
      await allSynced([alice, bob])
      const [listen = ''] = ((await bob.status()).addresses[0] ?? '').split('/p2p/')
      await bob.kill9()
      await rm(join(bob.folder, 'store'), { recursive: true })

      const again = await RealPeer.up({ folder: bob.folder, listen })
      expect((await again.status()).swarm).toMatchObject({ name: 'Studio' })
      expect(await again.notice('store-lost')).toBe(
        'The records of this machine were lost. They come back from the others, as far as those have them.',
      )
      await allSynced([alice, again])
      await again.send('general', 'and goes on')
      await allSynced([alice, again])
      for (const peer of [alice, again]) {
        await eventuallyPasses(async () =>
          expect([...(await peer.texts('general'))].sort()).toEqual([
            'and goes on',
            'written by alice',
            'written by bob',
          ]),
        )
      }
      expect((await again.status()).machines).toHaveLength(2)
    },
  )

  test('that is beyond repair is left as it is, and one line says so and what to do', { timeout: 60_000 }, async () => {
    const { bob } = await duo('beyond')
    await bob.stop()
    const store = join(bob.folder, 'store')
    for (const file of await filesOf(store, /./)) await writeFile(file, new Uint8Array(1000).fill(0xa5))
    const exit = await up(bob.folder)
    expect(exit.code).toBe(1)
    const line = oneLine(exit.stderr)
    expect(line).toContain(store)
    expect(line).toMatch(/can't be repaired.*backup.*join the swarm again/)
  })
})

describeWith('mounts')('a full disk', () => {
  test(
    'is named, refuses what can no longer be kept, loses nothing, and is used again once freed',
    { timeout: 120_000 },
    async () => {
      const { alice, root } = await duo('full')
      const disk = join(root, 'disk')
      await mkdir(disk)
      const invite = await alice.invite()
      const script = 'mount -t tmpfs -o size=24m tmpfs "$0" && exec "$1" "$2" "$0" "$3"'
      const scenario = startProcess(
        ['-c', script, disk, process.execPath, join(import.meta.dirname, 'full-disk-peer.ts'), invite],
        { wrapper: ['unshare', '-m'], command: 'sh', env: { MURMURATION_MDNS: 'off' } },
      )
      const { full } = await scenario.value<{ full: [string, string][] }>((value) => 'full' in value, {
        timeout: 60_000,
      })
      expect(full).toEqual([
        ['STORE_FULL', expect.stringMatching(/the disk that holds .*carol\/store is full.*free some space/)],
      ])
      await scenario.exited
      const result = await scenario.value<{ kept: string[]; keptBefore: number }>((value) => 'keptBefore' in value)
      expect(result).toMatchObject({ keptAfter: 5, readWhileFull: 1, noticed: true, lost: [], doubled: 0 })
      expect(result.keptBefore).toBeGreaterThan(10)
      await eventuallyPasses(async () => {
        const numbers = (await alice.texts('general')).map((text) => Number(text.split(' ')[0]))
        expect(numbers).toEqual(result.kept.map(Number).toSorted((a, b) => a - b))
      })
    },
  )
})

test('an occupied port is named, with the way out, and nothing is lost by it', { timeout: 60_000 }, async () => {
  const { alice } = await duo('port')
  await alice.stop()
  const port = await takenPort()
  const exit = await failing(
    murmuration(['up', '--no-mdns', '--data-dir', alice.folder, '--listen', `/ip4/127.0.0.1/tcp/${port}`]),
  )
  expect(exit.code).toBe(1)
  expect(oneLine(exit.stderr)).toMatch(
    new RegExp(
      `cannot listen on /ip4/127.0.0.1/tcp/${port}: the port is in use by another program; .*choose another port`,
    ),
  )
  const again = await RealPeer.up({ folder: alice.folder })
  expect(await again.client.call('channel.list', {})).toHaveLength(1)
})

describe('an invite', () => {
  test(
    'that is malformed, by a stranger, or of another swarm is refused in one line, and a right one works afterwards',
    { timeout: 90_000 },
    async () => {
      const { alice, root } = await duo('invite')
      const invite = await alice.invite()
      const folder = join(root, 'carol')
      const join_ = async (link: string) => await failing(murmuration(['join', link, '--data-dir', folder, '--json']))
      for (const [link, said] of [
        ['murmuration://join/abc', /the invite is incomplete or mistyped: copy the whole link again/],
        [invite.slice(0, -9), /the invite is incomplete or mistyped: copy the whole link again/],
        ['https://example.org/ü', /this is not an invite/],
      ] as const) {
        const exit = await join_(link)
        expect(exit.code).not.toBe(0)
        expect(oneLine(exit.stderr)).toMatch(said)
      }
      const stranger = deviceKeyFromSeed(new Uint8Array(32).fill(7))
      const right = decodeInviteLink(invite)
      const forged = encodeInviteLink({ ...right, grant: signGrant(stranger, right.space, right.grant) })
      const space = foundedSpace(stranger.device, new Uint8Array(32))
      const elsewhere = encodeInviteLink({ ...right, space, grant: signGrant(stranger, space, right.grant) })
      for (const [link, said] of [
        [forged, /the invite was taken back: ask for a new one/],
        [elsewhere, /nobody of the swarm could be reached/],
      ] as const) {
        const exit = await join_(link)
        expect(exit.code).toBe(1)
        expect(oneLine(exit.stderr)).toMatch(said)
      }
      expect((await alice.status()).machines).toHaveLength(2)

      const joined = murmuration(['join', invite, '--data-dir', folder, '--json'])
      await joined.succeeded()
      expect(joined.values[0]).toMatchObject({ name: 'Studio' })
    },
  )

  test(
    'of machines that are all away is refused in one line that says what was tried',
    { timeout: 60_000 },
    async () => {
      const { alice, bob, root } = await duo('away')
      const invite = await alice.invite()
      const [address = 'none'] = (await alice.status()).addresses
      await alice.stop()
      await bob.stop()
      const exit = await failing(murmuration(['join', invite, '--data-dir', join(root, 'carol')]))
      expect(exit.code).toBe(1)
      const line = oneLine(exit.stderr)
      expect(line).toContain('nobody of the swarm could be reached')
      expect(line).toContain(address.replace(/\/p2p\/.*/, ''))
    },
  )
})

test('with a clock that is an hour off order stays causal, and both people are told', { timeout: 90_000 }, async () => {
  const { alice, root } = await duo('clock')
  const invite = await alice.invite()
  const ahead = { ...systemClock, now: () => systemClock.now() + HOUR_MS }
  const carol = await localPeer({ dataDirectory: join(root, 'carol'), machineName: 'carol', clock: ahead })
  await carol.client.call('swarm.join', { invite })
  const texts = async (): Promise<readonly string[]> =>
    (await carol.client.call('message.read', { channel: 'general' })).messages.map(({ text }) => text)

  await alice.send('general', 'question')
  await eventuallyPasses(async () => expect(await texts()).toEqual(['question']))
  await carol.client.call('message.send', { channel: 'general', text: 'answer' })
  await eventuallyPasses(async () => expect(await alice.texts('general')).toEqual(['question', 'answer']))
  await alice.send('general', 'thanks')
  await eventuallyPasses(async () => expect(await texts()).toEqual(['question', 'answer', 'thanks']))
  expect(await alice.texts('general')).toEqual(['question', 'answer', 'thanks'])
  expect((await alice.messages('general')).map(({ clockOff }) => clockOff)).toEqual([false, true, false])

  await eventuallyPasses(
    async () => {
      expect(await alice.notice('clock')).toBe(
        "Clocks disagree with this machine's: carol (60 minutes ahead). Set those that are wrong. Everything keeps its order; only the times shown are off.",
      )
      const { notices } = await carol.client.call('peer.status', {})
      expect(notices.find(({ code }) => code === 'clock')?.text).toBe(
        "This machine's clock is 60 minutes ahead of all others: set it. Everything keeps its order; only the times shown are off.",
      )
    },
    { timeout: 40_000 },
  )
})

test(
  'what a newer version wrote is told of once and left out; all else goes on, also what came before it',
  { timeout: 90_000 },
  async () => {
    const { alice, root } = await duo('newer')
    const invite = await alice.invite()
    const newer = await newerMachine({ root, invite })
    await eventually(async () => (await newer.swarm.messages.listChannels()).length === 1)
    await newer.swarm.messages.post('general', 'of old', {})
    await eventuallyPasses(async () => expect(await alice.texts('general')).toEqual(['of old']))

    // While alice is away, so that both formats come in one batch.
    await alice.stop()
    await newer.swarm.messages.post('general', 'the last of old', {})
    newer.update()
    await newer.swarm.messages.post('general', 'first of new', {})
    const back = await RealPeer.up({ folder: alice.folder })
    await eventuallyPasses(async () => expect(await back.texts('general')).toEqual(['of old', 'the last of old']))
    await eventuallyPasses(async () =>
      expect(await back.notice('version')).toMatch(/^Another machine runs a newer Murmuration.*update this one\.$/),
    )
    const shown = (await back.status()).notices
    await newer.swarm.messages.post('general', 'more of new', {})
    await back.send('general', 'from alice')
    await eventually(async () => {
      const { messages } = await newer.swarm.messages.read('general', {})
      return messages.some(({ text }) => text === 'from alice')
    })
    expect((await back.status()).notices).toEqual(shown)
    // What it can't read is there all the same: it must not claim to have everything.
    expect(await back.status()).toMatchObject({ synced: false })
  },
)

test('a message of 1 MB is refused with its limit, and nothing of it is written', { timeout: 60_000 }, async () => {
  const root = await temporaryFolder('large')
  const alice = await RealPeer.up({ folder: join(root, 'alice') })
  await alice.client.call('swarm.create', { name: 'Studio' })
  await alice.client.call('channel.create', { name: 'general' })
  const { journal } = await alice.status()
  const folder = ['--data-dir', alice.folder]
  const sending = murmuration(['send', 'general', '-', ...folder])
  sending.endInput('m'.repeat(1_000_000))
  const exit = await failing(sending)
  expect(exit.code).toBe(1)
  expect(oneLine(exit.stderr)).toMatch(/32 KB|32 KiB|32,?768/)
  expect((await alice.status()).journal).toEqual(journal)
  expect(await alice.texts('general')).toEqual([])
})

describe('a folder', () => {
  const isRoot = process.getuid?.() === 0
  test.skipIf(isRoot && onPath('setpriv') === undefined)(
    'that is not writable is named with the way out, and left as it is',
    { timeout: 60_000 },
    async () => {
      const { alice } = await duo('unwritable')
      await alice.stop()
      const store = join(alice.folder, 'store')
      // Root may write anywhere: it gives up that right first.
      const wrapper = isRoot
        ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search', '--inh-caps', '-all']
        : []
      const fresh = await temporaryFolder('readonly')
      for (const folder of [join(fresh, 'new'), alice.folder]) {
        const closed = folder === alice.folder ? [store, alice.folder] : [fresh]
        for (const path of closed) await chmod(path, 0o500)
        const exit = await failing(
          murmuration(['up', '--no-mdns', '--data-dir', folder, '--listen', '/ip4/127.0.0.1/tcp/0'], { wrapper }),
        )
        for (const path of closed) await chmod(path, 0o700)
        expect(exit.code).toBe(1)
        const line = oneLine(exit.stderr)
        expect(line).toContain(folder)
        expect(line).toMatch(/right to write there.* --data-dir/)
      }
      const again = await RealPeer.up({ folder: alice.folder })
      expect(await again.client.call('channel.list', {})).toHaveLength(1)
    },
  )

  test('that is a file is named with the way out', { timeout: 60_000 }, async () => {
    const file = join(await temporaryFolder('file'), 'data')
    await writeFile(file, 'mine')
    const exit = await up(file)
    expect(exit.code).toBe(1)
    expect(oneLine(exit.stderr)).toMatch(new RegExp(`${file} is a file: choose a folder with --data-dir`))
    expect(await readFile(file, 'utf8')).toBe('mine')
  })

  test(
    'that a peer runs on is refused to a second one, which names the first; the first goes on',
    { timeout: 60_000 },
    async () => {
      const { alice, bob } = await duo('twice')
      const before = (await stat(join(alice.folder, 'api.sock'))).ino
      const exit = await up(alice.folder)
      expect(exit.code).toBe(1)
      const line = oneLine(exit.stderr)
      expect(line).toContain(`another Murmuration is running on ${alice.folder}`)
      expect(line).toContain(String(alice.process.pid))
      expect(line).toContain('--data-dir')
      expect((await stat(join(alice.folder, 'api.sock'))).ino).toBe(before)
      await alice.send('general', 'still here')
      await eventuallyPasses(async () => expect(await bob.texts('general')).toEqual(['still here']))
    },
  )

  test('with a damaged key or damaged settings is refused by the name of the file', { timeout: 60_000 }, async () => {
    const { bob } = await duo('files')
    await bob.stop()
    for (const name of ['settings.json', 'device.key']) {
      const file = join(bob.folder, name)
      const good = await readFile(file)
      await writeFile(file, 'garbage')
      const exit = await up(bob.folder)
      await writeFile(file, good)
      expect(exit.code).toBe(1)
      expect(oneLine(exit.stderr)).toContain(file)
    }
    const again = await RealPeer.up({ folder: bob.folder })
    await eventually(async () => (await again.status()).synced)
  })
})
