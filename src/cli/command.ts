import { resolve } from 'node:path'

import type { Command } from 'commander'

import type { ApiClient } from '../api/client/index.ts'
import { codeOf, MurmurationError } from '../base/errors.ts'
import { defaultDataDirectory } from '../peer/data-directory.ts'
import type { KeyVaults } from '../peer/device-key-file.ts'
import { keyVaults } from './passphrases.ts'
import type { Peers } from './peers.ts'
import { clientOf } from './peers.ts'
import type { Printer } from './printer.ts'
import { createPrinter } from './printer.ts'
import type { Terminal } from './terminal.ts'

/** What every command line has, wherever in it the options stand. */
export interface SharedOptions {
  readonly dataDir?: string
  readonly passphraseFile?: string
  readonly json?: boolean
}

/** What commands are made of; one for the program. */
export interface Tools {
  readonly terminal: Terminal
  readonly peers: Peers
}

/** One run of one command. */
export class Invocation {
  readonly terminal: Terminal
  readonly peers: Peers
  readonly printer: Printer
  readonly dataDirectory: string
  readonly passphraseFile: string | undefined
  readonly #isDefault: boolean

  constructor(tools: Tools, options: SharedOptions) {
    const { terminal } = tools
    const usual = defaultDataDirectory(terminal)
    const named = options.dataDir ?? (terminal.env['MURMURATION_DATA_DIR'] || undefined)
    this.terminal = terminal
    this.passphraseFile = options.passphraseFile
    this.peers = tools.peers
    this.printer = createPrinter(terminal, { json: options.json === true })
    this.dataDirectory = named === undefined ? usual : resolve(terminal.workingDirectory, named)
    this.#isDefault = options.dataDir === undefined
  }

  /** A command to type next, for this folder. */
  next(command: string): string {
    return `murmuration ${command}${this.#isDefault ? '' : ` --data-dir ${quoted(this.dataDirectory)}`}`
  }

  /**
   * What opens the device key of the folder, for a peer in this process.
   * @throws BadPassphraseError
   */
  async vaults(): Promise<KeyVaults> {
    return await keyVaults(this.terminal, this.passphraseFile)
  }

  /**
   * Does `work` with the running peer of the folder.
   * @throws MurmurationError NOT_RUNNING, with the command that starts one
   */
  async withRunning<T>(work: (client: ApiClient) => Promise<T>): Promise<T> {
    let client: ApiClient
    try {
      client = await this.peers.connect(this.dataDirectory)
    } catch (error) {
      throw codeOf(error) === 'NOT_RUNNING' ? this.#notRunning(error) : error
    }
    return await using(client, work)
  }

  /** Does `work` with the running peer of the folder, or with one that runs for that long in this process. */
  async withAny<T>(work: (client: ApiClient, where: { readonly running: boolean }) => Promise<T>): Promise<T> {
    let client: ApiClient
    try {
      client = await this.peers.connect(this.dataDirectory)
    } catch (error) {
      if (codeOf(error) !== 'NOT_RUNNING') throw error
      return await this.#withOwn((own) => work(own, { running: false }))
    }
    return await using(client, (running) => work(running, { running: true }))
  }

  async #withOwn<T>(work: (client: ApiClient) => Promise<T>): Promise<T> {
    // Nobody needs to find a peer that is gone in a moment.
    const vaults = await this.vaults()
    const peer = await this.peers.open({ dataDirectory: this.dataDirectory, mdns: false, vaults })
    try {
      return await using(await clientOf(peer), work)
    } finally {
      await peer.stop()
    }
  }

  #notRunning(cause: unknown): MurmurationError {
    const message = `No Murmuration is running on ${this.dataDirectory}. Start one with: ${this.next('up')}`
    return new MurmurationError('NOT_RUNNING', message, { cause })
  }
}

async function using<T>(client: ApiClient, work: (client: ApiClient) => Promise<T>): Promise<T> {
  try {
    return await work(client)
  } finally {
    client.dispose()
  }
}

/** Adds a command's examples to its help. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  const lines = examples.map((example) => `  $ murmuration ${example}`)
  return command.addHelpText('after', `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${lines.join('\n')}`)
}

/** For the action of a command: the run that its options describe. */
export function invocation(tools: Tools, command: Command): Invocation {
  return new Invocation(tools, command.optsWithGlobals<SharedOptions>())
}

/** A word as a shell takes it. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
