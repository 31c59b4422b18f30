import { close, fdatasync, open } from 'node:fs'
import { promisify } from 'node:util'

import { codeOf } from '../base/errors.ts'

const openFile = promisify(open)
const closeFile = promisify(close)
const syncFile = promisify(fdatasync)

/** LevelDB's write-ahead logs, kept open beside LevelDB to force them to the disk. */
export class LogFiles {
  readonly #open = new Map<string, number>()

  /** @param paths every log that there is; one that went meanwhile lies in tables, which LevelDB syncs itself */
  async sync(paths: readonly string[]): Promise<void> {
    for (const path of this.#open.keys()) if (!paths.includes(path)) await this.#forget(path)
    for (const path of paths) {
      const file = this.#open.get(path) ?? (await this.#find(path))
      if (file !== undefined) await syncFile(file)
    }
  }

  async close(): Promise<void> {
    for (const path of this.#open.keys()) await this.#forget(path)
  }

  async #find(path: string): Promise<number | undefined> {
    try {
      const file = await openFile(path, 'r+')
      this.#open.set(path, file)
      return file
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      throw error
    }
  }

  async #forget(path: string): Promise<void> {
    const file = this.#open.get(path)
    this.#open.delete(path)
    if (file !== undefined) await closeFile(file)
  }
}
