import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { EMPTY_BYTES } from '../../base/bytes.ts'
import { codeOf } from '../../base/errors.ts'
import type { ChunkAddress } from '../content/parts.ts'
import { DiskFullError } from '../errors.ts'

/** Reads and writes for the owner alone. */
const OWNER_ONLY = 0o600
const FOLDER_OWNER_ONLY = 0o700
/** Files that are synced at the same time: as many as Node has threads for it. */
const SYNCED_AT_ONCE = 4
const CHUNK_NAME = /^[0-9a-f]{62}$/

/** Chunks lie in as many folders: the first byte of the address names it. */
export const SHARDS = 256

/**
 * Chunks as files: `ab/cdef…` by their address. What bears such a name is whole and outlives a power cut: until then it is in
 * `new`, which is emptied at each start.
 */
export class ChunkFiles {
  readonly #folder: string
  readonly #new: string
  readonly #shards = new Set<string>()
  #written = 0

  constructor(folder: string) {
    this.#folder = folder
    this.#new = join(folder, 'new')
  }

  async start(): Promise<void> {
    await rm(this.#new, { recursive: true, force: true })
    await mkdir(this.#new, { recursive: true, mode: FOLDER_OWNER_ONLY })
  }

  /** Writes a chunk under a name of its own. @returns the file, for `settle` */
  async write(bytes: Uint8Array): Promise<string> {
    const file = join(this.#new, String(this.#written++))
    try {
      const handle = await open(file, 'wx', OWNER_ONLY)
      try {
        await handle.writeFile(bytes)
      } finally {
        await handle.close()
      }
    } catch (error) {
      await rm(file, { force: true })
      throw codeOf(error) === 'ENOSPC' ? new DiskFullError(this.#folder, { cause: error }) : error
    }
    return file
  }

  /** Makes written chunks safe and gives them their names. */
  async settle(chunks: readonly { readonly address: ChunkAddress; readonly file: string }[]): Promise<void> {
    for (let at = 0; at < chunks.length; at += SYNCED_AT_ONCE) {
      await Promise.all(
        chunks.slice(at, at + SYNCED_AT_ONCE).map(async ({ address, file }) => {
          await this.#makeShard(address)
          await sync(file, 'r+')
          await rename(file, this.pathOf(address))
        }),
      )
    }
    const folders = [...new Set(chunks.map(({ address }) => dirname(this.pathOf(address))))]
    for (let at = 0; at < folders.length; at += SYNCED_AT_ONCE) {
      await Promise.all(folders.slice(at, at + SYNCED_AT_ONCE).map(syncFolder))
    }
  }

  async #makeShard(address: ChunkAddress): Promise<void> {
    const shard = address.slice(0, 2)
    if (this.#shards.has(shard)) return
    await mkdir(join(this.#folder, shard), { recursive: true, mode: FOLDER_OWNER_ONLY })
    await syncFolder(this.#folder)
    this.#shards.add(shard)
  }

  pathOf(address: ChunkAddress): string {
    return join(this.#folder, address.slice(0, 2), address.slice(2))
  }

  /** `undefined` where there is no such file. */
  async read(file: string): Promise<Uint8Array | undefined> {
    try {
      const bytes = await readFile(file)
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined
      // What the disk can't read any more is no chunk.
      if (codeOf(error) === 'EIO') return EMPTY_BYTES
      throw error
    }
  }

  /** Forgets what was written and never got its name. */
  async discard(file: string): Promise<void> {
    await rm(file, { force: true })
  }

  async remove(address: ChunkAddress): Promise<void> {
    await rm(this.pathOf(address), { force: true })
  }

  /** What lies in a shard. @param shard below SHARDS */
  async list(shard: number): Promise<readonly ChunkAddress[]> {
    const prefix = shard.toString(16).padStart(2, '0')
    try {
      const names = await readdir(join(this.#folder, prefix))
      return names.filter((name) => CHUNK_NAME.test(name)).map((name) => `${prefix}${name}` as ChunkAddress)
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return []
      throw error
    }
  }
}

async function sync(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A new name outlives a power cut only once its folder is on the disk; Windows does that by itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    await sync(folder, 'r')
  } catch (error) {
    // Some network disks know no such thing.
    if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'ENOTSUP') throw error
  }
}
