import { readFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'

import * as v from 'valibot'

import { codeOf } from '../base/errors.ts'
import { writeDurably } from './durable-file.ts'
import { DataFolderError } from './errors.ts'

const SETTINGS = v.object({
  machineName: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  /** Until somebody says it, a machine that was given a name lends it to its person. */
  personName: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
  mdns: v.boolean(),
  listen: v.array(v.string()),
  announce: v.array(v.string()),
  relay: v.picklist(['auto', 'on', 'off']),
})

type Said = v.InferOutput<typeof SETTINGS>
export type StoredSettings = Said & { readonly personName: string }

export const DEFAULT_LISTEN = ['/ip4/0.0.0.0/tcp/0']

/**
 * This machine's own settings, in a file that people can read. MURMURATION_MDNS=off changes the
 * default for machines that must not speak on their LAN.
 */
export class SettingsFile {
  readonly #file: string
  #said: Said

  private constructor(file: string, said: Said) {
    this.#file = file
    this.#said = said
  }

  /** @throws DataFolderError where the file is there and can't be understood */
  static async load(file: string): Promise<SettingsFile> {
    const defaults: Said = {
      machineName: hostname(),
      mdns: process.env['MURMURATION_MDNS'] !== 'off',
      listen: DEFAULT_LISTEN,
      announce: [],
      relay: 'auto',
    }
    let text: string
    try {
      text = await readFile(file, 'utf8')
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return new SettingsFile(file, defaults)
      throw error
    }
    try {
      return new SettingsFile(file, v.parse(SETTINGS, { ...defaults, ...(JSON.parse(text) as object) }))
    } catch (error) {
      throw new DataFolderError(`the settings in ${file} cannot be understood: mend or delete that file`, {
        cause: error,
      })
    }
  }

  get current(): StoredSettings {
    const { machineName, personName = machineName === hostname() ? accountName() : machineName } = this.#said
    return { ...this.#said, personName }
  }

  async change(changes: Partial<StoredSettings>): Promise<StoredSettings> {
    this.#said = { ...this.#said, ...changes }
    await writeDurably(this.#file, `${JSON.stringify(this.#said, undefined, 2)}\n`)
    return this.current
  }
}

/** As the system knows the person. */
function accountName(): string {
  try {
    return userInfo().username
  } catch {
    // An account without a name, as in some containers.
    return 'me'
  }
}
