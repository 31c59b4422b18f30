import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'

import { describe, expect, test } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import { systemRandom } from '../../src/base/random.ts'
import type { OpenOptions, Peers } from '../../src/cli/peers.ts'
import { clientOf } from '../../src/cli/peers.ts'
import { realPeers } from '../../src/cli/real-peers.ts'
import { runCli } from '../../src/cli/run-cli.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import type { KeyVaults } from '../../src/peer/device-key-file.ts'
import { loadDeviceKey, protectKey } from '../../src/peer/device-key-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { FakePeer, machineWithPeer } from './harness.ts'

/** A guess costs a millisecond. */
const CHEAP = 10
const PASSPHRASE = 'copper lantern tide'
const OTHER = 'winter harbour moss'

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** What somebody types to each question; without it no terminal is there. */
  readonly typed?: readonly string[]
  readonly input?: string
}

/** A folder with a device key, and the command line on it. */
class Folder {
  readonly path: string
  readonly opened: OpenOptions[] = []
  detached: { readonly args: readonly string[]; readonly input: string } | undefined

  private constructor(path: string) {
    this.path = path
  }

  static async fresh(): Promise<Folder> {
    return new Folder(await temporaryFolder('key'))
  }

  static async withKey(): Promise<Folder> {
    const folder = await Folder.fresh()
    await folder.load()
    return folder
  }

  get file(): string {
    return join(this.path, 'device.key')
  }

  async load(vaults: KeyVaults = {}): Promise<string> {
    return (await loadDeviceKey(this.file, { vaults, random: systemRandom, cost: CHEAP })).key.device
  }

  async passphraseFile(text: string): Promise<string> {
    const file = join(this.path, 'passphrase')
    await writeFile(file, text)
    return file
  }

  async run(args: readonly string[], { env = {}, input, typed }: RunOptions = {}) {
    const stdin = new PassThrough()
    const raw: boolean[] = []
    const said = { stdout: '', stderr: '' }
    const terminal: Terminal = {
      stdout: { write: (text) => (said.stdout += text) },
      stderr: {
        isTTY: typed !== undefined,
        write(text) {
          said.stderr += text
          const answer = text.endsWith(': ') ? typed?.[questions++] : undefined
          if (answer !== undefined) queueMicrotask(() => stdin.write(answer))
        },
      },
      stdin: Object.assign(stdin, { isTTY: typed !== undefined, setRawMode: (on: boolean) => raw.push(on) }),
      env,
      platform: 'linux',
      home: '/home/alice',
      workingDirectory: this.path,
      clock: systemClock,
      onStop: () => ({ dispose: () => undefined }),
      exit: () => undefined,
    }
    let questions = 0
    if (typed === undefined) stdin.end(input ?? '')
    const status = await runCli(['--data-dir', this.path, ...args], { terminal, peers: this.#peers() }, '1.2.3')
    return { status, ...said, raw }
  }

  #peers(): Peers {
    const real = realPeers()
    let runs = false
    return {
      ...real,
      keys: {
        ...real.keys,
        protect: async (_folder, options) =>
          await protectKey(this.file, { ...options, random: systemRandom, cost: CHEAP }),
      },
      connect: async (folder) => (runs ? await clientOf(new FakePeer()) : await real.connect(folder)),
      open: async (options) => {
        this.opened.push(options)
        await this.load(options.vaults)
        const peer = new FakePeer()
        const client = await clientOf(peer)
        await client.call('peer.stop', {})
        client.dispose()
        return peer
      },
      serve: async () => await Promise.resolve({ ui: null, close: async () => await Promise.resolve() }),
      detach: async (args, input) => {
        this.detached = { args, input }
        runs = true
        return await Promise.resolve({ event: 'ready', deviceId: 'alice', addresses: [], ui: null })
      },
    }
  }
}

describe('key status', () => {
  test('says how the key is kept', async () => {
    const folder = await Folder.withKey()
    const device = await folder.load()
    expect(await folder.run(['key', 'status', '--json'])).toMatchObject({
      status: 0,
      stdout: `${JSON.stringify({ device, rests: 'file' })}\n`,
    })
    const { stdout } = await folder.run(['key', 'status'])
    expect(stdout).toBe(`The device key of ${device} lies open in a file that only your account can read.\n`)
  })

  test.each(['status', 'protect', 'unprotect'])('key %s without a key says what makes one', async (command) => {
    const folder = await Folder.fresh()
    const { status, stderr } = await folder.run(['key', command], { env: { MURMURATION_PASSPHRASE: PASSPHRASE } })
    expect(status).toBe(1)
    expect(stderr).toContain('up --passphrase-file FILE')
  })
})

describe('key protect and unprotect', () => {
  test('K7 with files: set, changed, taken away', async () => {
    const folder = await Folder.withKey()
    const device = await folder.load()
    const file = await folder.passphraseFile(`${PASSPHRASE}\n`)
    const first = await folder.run(['key', 'protect', '--json', '--passphrase-file', file])
    expect(first.stdout).toBe(`${JSON.stringify({ device, rests: 'passphrase' })}\n`)
    expect(await folder.load({ passphrase: PASSPHRASE })).toBe(device)

    const changed = await folder.run(
      ['key', 'protect', '--passphrase-file', 'passphrase', '--new-passphrase-file', '-'],
      {
        input: OTHER,
      },
    )
    expect(changed).toMatchObject({ status: 0, stderr: '' })
    expect(await folder.load({ passphrase: OTHER })).toBe(device)

    const wrong = await folder.run(['key', 'unprotect', '--passphrase-file', file])
    expect(wrong).toMatchObject({ status: 1, stdout: '' })
    expect(wrong.stderr).toMatch(/^murmuration: this is not the passphrase of the device key.*\n$/)
    const gone = await folder.run(['key', 'unprotect'], { env: { MURMURATION_PASSPHRASE: OTHER } })
    expect(gone).toMatchObject({ status: 0, stderr: '' })
    expect(await folder.load()).toBe(device)
  })

  test('K7 typed at a terminal, where it is not shown', async () => {
    const folder = await Folder.withKey()
    const device = await folder.load()
    const mistyped = `${PASSPHRASE.slice(0, -1)}é\u007f${PASSPHRASE.slice(-1)}\r`
    const set = await folder.run(['key', 'protect'], { typed: [mistyped, `wrong\u0015${PASSPHRASE}\r`] })
    expect(set).toMatchObject({ status: 0, raw: [true, false, true, false] })
    expect(set.stderr).toBe('New passphrase: \nOnce more: \n')
    expect(await folder.load({ passphrase: PASSPHRASE })).toBe(device)

    const changed = await folder.run(['key', 'protect'], {
      typed: ['typo\r', `${PASSPHRASE}\n`, `${OTHER}\r`, `${OTHER}\r`],
    })
    expect(changed.stderr).toContain('That is not it. Passphrase of the device key: ')
    expect(await folder.load({ passphrase: OTHER })).toBe(device)
    expect(`${changed.stdout}${changed.stderr}`).not.toContain(OTHER)
  })

  test.each([
    ['two that differ', [`${PASSPHRASE}\r`, `${OTHER}\r`], 'not the same'],
    ['one that is too short', ['short\r'], 'at least 8 characters'],
    ['Ctrl-C', ['copper\u0003'], 'No passphrase was given'],
    ['Ctrl-D', ['\u0004'], 'No passphrase was given'],
  ])('K7 %s changes nothing', async (_what, typed, line) => {
    const folder = await Folder.withKey()
    const before = await readFile(folder.file)
    const { raw, status, stderr } = await folder.run(['key', 'protect'], { typed })
    expect(status).toBe(1)
    expect(stderr).toContain(line)
    expect(raw.at(-1)).toBe(false)
    expect(await readFile(folder.file)).toEqual(before)
  })

  test('K7 without anybody to ask it says how the passphrase is given', async () => {
    const folder = await Folder.withKey()
    expect((await folder.run(['key', 'protect'])).stderr).toContain('--new-passphrase-file')
    const missing = await folder.run(['key', 'protect', '--new-passphrase-file', 'nowhere'])
    expect(missing.stderr).toContain('the passphrase file nowhere cannot be read: there is none')
    await folder.load({ passphrase: PASSPHRASE })
  })

  test('K7 while a peer runs nothing is changed', async () => {
    const { machine } = machineWithPeer()
    for (const command of ['protect', 'unprotect']) {
      const { status, stderr } = await machine.run(['key', command])
      expect(status).toBe(1)
      expect(stderr).toContain('Stop it first: murmuration stop')
    }
  })
})

describe('a peer on a key under a passphrase', () => {
  test('K7 gets it from a file, from the surroundings, or from a person', async () => {
    const folder = await Folder.fresh()
    const device = await folder.load({ passphrase: PASSPHRASE })
    const file = await folder.passphraseFile(PASSPHRASE)
    const refused = await folder.run(['swarm', 'create', 'Studio'])
    expect(refused).toMatchObject({ status: 1, stdout: '' })
    expect(refused.stderr).toContain('give it with --passphrase-file or in MURMURATION_PASSPHRASE')

    for (const [args, options] of [
      [['--passphrase-file', file], {}],
      [[], { env: { MURMURATION_PASSPHRASE: PASSPHRASE } }],
      [[], { typed: [`${PASSPHRASE}\r`] }],
    ] as const) {
      const { status, stdout } = await folder.run(['up', '--json', ...args], options)
      expect(status).toBe(0)
      expect(stdout).toContain('"event":"ready"')
    }
    expect(await folder.load({ passphrase: PASSPHRASE })).toBe(device)
  })

  test('K7 one in the background gets what was typed on its standard input, never as an argument', async () => {
    const folder = await Folder.fresh()
    await folder.load({ passphrase: PASSPHRASE })
    await folder.run(['up', '--detach'], { typed: [`${PASSPHRASE}\r`] })
    expect(folder.detached?.args.slice(-2)).toEqual(['--passphrase-file', '-'])
    expect(folder.detached?.args.join(' ')).not.toContain('copper')
    expect(folder.detached?.input).toBe(`${PASSPHRASE}\n`)
    const open = await Folder.withKey()
    const { stderr } = await open.run(['up', '--detach'], { typed: [] })
    expect(stderr).not.toContain('Passphrase')
    expect(open.detached?.input).toBe('')
  })
})
