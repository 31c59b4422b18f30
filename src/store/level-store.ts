import type { Iterator as LevelIterator } from 'classic-level'

import { EMPTY_BYTES } from '../base/bytes.ts'
import { codeOf, messageOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { silentLogger } from '../base/log.ts'
import { Mutex } from '../base/mutex.ts'
import { checkOperations } from './check-operations.ts'
import { StoreClosedError, StoreLockedError } from './errors.ts'
import { GroupCommit } from './group-commit.ts'
import { classify, innermost, operationFailed } from './level-failure.ts'
import {
  bytesOnDisk,
  markDamaged,
  prepareFolder,
  provisionSpace,
  removeHolder,
  writeAheadLogs,
  writeHolder,
} from './level-folder.ts'
import type { Level, StoreRepair } from './level-open.ts'
import { openLevel, reopenLevel } from './level-open.ts'
import { LogFiles } from './log-files.ts'
import type { KeyRange, Operation, RecordStore, WriteOptions } from './record-store.ts'
import { MAX_KEY_BYTES } from './record-store.ts'

export interface LevelStoreOptions {
  /** Where the records lie; made where it is missing. */
  readonly folder: string
  readonly log?: Logger
}

/** Records that are read ahead of the consumer of `entries`. */
const READ_AHEAD_RECORDS = 200
const READ_AHEAD_BYTES = 256 * 1024

/**
 * So few records are read at once and in place: nearly always they are in memory, and a way through the thread pool,
 * behind an fsync or two, costs far more than the reading.
 */
const MAX_READ_IN_PLACE = 32

/** Windows gives nobody else LevelDB's newest log, so there LevelDB itself has to sync. */
const CAN_SYNC_BESIDE = process.platform !== 'win32'

/** No record can have it: what is deleted so that LevelDB has something to sync. */
const BARRIER_KEY = new Uint8Array(MAX_KEY_BYTES + 1)

/**
 * Folders that this process has open. LevelDB knows them too, but its refusal closes a descriptor of the lock file,
 * and so gives the lock away to other processes (a trap of POSIX locks; seen with LevelDB 1.20).
 */
const openFolders = new Set<string>()

type State =
  | { readonly kind: 'closed' }
  | { readonly kind: 'open'; readonly level: Level }
  /** A write failed. Reads go on; LevelDB must be opened anew before it is written again. */
  | { readonly kind: 'failed'; readonly level: Level }
  /** Opening anew failed; each use tries again. */
  | { readonly kind: 'down' }

type RecordIterator = LevelIterator<Level, Uint8Array, Uint8Array>

/** Records in LevelDB, one folder and one process each. */
export class LevelStore implements RecordStore {
  readonly #folder: string
  readonly #log: Logger
  readonly #writes: GroupCommit
  readonly #logs = new LogFiles()
  /** Starting, stopping and opening anew, one at a time. */
  readonly #transitions = new Mutex()
  #state: State = { kind: 'closed' }
  #path = ''
  #repair: StoreRepair | undefined
  /** Batches written so far, and how many of them the last sync covers. */
  #commits = 0
  #synced = 0

  constructor(options: LevelStoreOptions) {
    this.#folder = options.folder
    this.#log = options.log ?? silentLogger
    this.#writes = new GroupCommit({
      commit: (operations) => this.#commit(operations),
      sync: () => this.#sync(),
    })
  }

  /** What had to be repaired at the last start, if anything. */
  get repair(): StoreRepair | undefined {
    return this.#repair
  }

  /** @throws StoreLockedError, StoreCorruptError, StoreUnwritableError, StoreFullError */
  async start(): Promise<void> {
    await this.#transitions.run(async () => {
      if (this.#state.kind !== 'closed') return
      const path = await prepareFolder(this.#folder)
      if (openFolders.has(path)) throw new StoreLockedError(this.#folder, `process ${process.pid}`)
      openFolders.add(path)
      try {
        const { level, repair } = await openLevel(this.#folder)
        this.#repair = repair
        if (repair !== undefined) this.#log.warn({ folder: this.#folder, copy: repair.copy }, repair.message)
        await writeHolder(this.#folder, `process ${process.pid}`)
        this.#path = path
        this.#commits = 0
        this.#synced = 0
        this.#state = { kind: 'open', level }
      } catch (error) {
        openFolders.delete(path)
        throw error
      }
    })
  }

  async stop(): Promise<void> {
    await this.#writes.idle()
    await this.#transitions.run(async () => {
      const state = this.#state
      if (state.kind === 'closed') return
      this.#state = { kind: 'closed' }
      try {
        await this.#logs.close()
        await removeHolder(this.#folder)
        if (state.kind !== 'down') await state.level.close()
      } finally {
        openFolders.delete(this.#path)
      }
    })
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.getMany([key]))[0]
  }

  async getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    if (keys.length === 0) return []
    const values = await this.#read(async (level) =>
      keys.length <= MAX_READ_IN_PLACE ? keys.map((key) => level.getSync(key)) : await level.getMany([...keys]),
    )
    return values.map((value) => (value === undefined ? undefined : plain(value)))
  }

  async write(operations: readonly Operation[], options: WriteOptions): Promise<void> {
    checkOperations(operations)
    if (this.#state.kind === 'closed') throw new StoreClosedError(this.#folder)
    if (operations.length === 0 && !options.durable) return
    await this.#writes.write(operations, options.durable)
  }

  entries(range: KeyRange): AsyncIterable<readonly [Uint8Array, Uint8Array]> {
    const state = this.#state
    const iterator = state.kind === 'open' || state.kind === 'failed' ? iterate(state.level, range) : undefined
    return this.#walk(range, iterator)
  }

  async compact(range: KeyRange): Promise<void> {
    await this.#read((level) => level.compactRange(range.gte, range.lt))
  }

  async size(): Promise<number> {
    if (this.#state.kind === 'closed') throw new StoreClosedError(this.#folder)
    return await bytesOnDisk(this.#folder)
  }

  async *#walk(range: KeyRange, first: RecordIterator | undefined): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
    let iterator = first ?? iterate(await this.#level(), range)
    let last: Uint8Array | undefined
    let given = 0
    try {
      for (;;) {
        const chunk = await iterator.nextv(READ_AHEAD_RECORDS).catch(async (error: unknown) => {
          if (codeOf(error) !== 'LEVEL_ITERATOR_NOT_OPEN') throw await this.#readFailed(error)
          // The store was opened anew after a failed write (or stopped, which #level says): go on from there.
          iterator = iterate(await this.#level(), last === undefined ? range : restOf(range, last, given))
          return await iterator.nextv(READ_AHEAD_RECORDS)
        })
        if (chunk.length === 0) return
        for (const [key, value] of chunk) {
          last = key
          given++
          yield [plain(key), plain(value)]
        }
      }
    } finally {
      await iterator.close()
    }
  }

  async #read<T>(work: (level: Level) => Promise<T>): Promise<T> {
    const level = await this.#level()
    try {
      return await work(level)
    } catch (error) {
      // Closed beneath us to be opened anew: once more with the new one.
      if (codeOf(error) === 'LEVEL_DATABASE_NOT_OPEN') return await work(await this.#level())
      throw await this.#readFailed(error)
    }
  }

  async #readFailed(error: unknown): Promise<Error> {
    if (classify(error) === 'corrupt') await markDamaged(this.#folder, messageOf(innermost(error)))
    return operationFailed(this.#folder, error)
  }

  /** LevelDB for reading, opened anew where it is down. */
  async #level(): Promise<Level> {
    if (this.#state.kind === 'open' || this.#state.kind === 'failed') return this.#state.level
    return await this.#transitions.run(async () => {
      if (this.#state.kind === 'closed') throw new StoreClosedError(this.#folder)
      return this.#state.kind === 'down' ? await this.#open() : this.#state.level
    })
  }

  async #open(): Promise<Level> {
    const level = await reopenLevel(this.#folder)
    this.#state = { kind: 'open', level }
    return level
  }

  /**
   * LevelDB for writing. After a failed write it is opened anew first: part of the failed batch may stand at the end
   * of the log, and whatever LevelDB appended behind that would be skipped at the next start.
   */
  async #writable(bytes: number): Promise<Level> {
    if (this.#state.kind === 'open') return this.#state.level
    return await this.#transitions.run(async () => {
      const state = this.#state
      if (state.kind === 'closed') throw new StoreClosedError(this.#folder)
      if (state.kind === 'open') return state.level
      await provisionSpace(this.#folder, bytes)
      this.#state = { kind: 'down' }
      await this.#logs.close()
      if (state.kind === 'failed') await state.level.close()
      return await this.#open()
    })
  }

  async #commit(operations: readonly Operation[]): Promise<void> {
    let level: Level | undefined
    try {
      level = await this.#writable(bytesOf(operations))
      await level.batch(operations.map(toLevel))
      this.#commits++
    } catch (error) {
      throw this.#writeFailed(level, error)
    }
  }

  /** Forces LevelDB's logs to the disk: all of them, as the one before the newest may not lie in tables yet. */
  async #sync(): Promise<void> {
    const commits = this.#commits
    if (commits === this.#synced) return
    const level = this.#state.kind === 'open' ? this.#state.level : undefined
    try {
      // LevelDB's own way writes something and holds up every other write meanwhile.
      if (!CAN_SYNC_BESIDE) await level?.batch([{ type: 'del', key: BARRIER_KEY }], { sync: true })
      const logs = await writeAheadLogs(this.#folder)
      await this.#logs.sync(CAN_SYNC_BESIDE ? logs : logs.slice(0, -1))
      this.#synced = commits
    } catch (error) {
      throw this.#writeFailed(level, error)
    }
  }

  #writeFailed(level: Level | undefined, error: unknown): Error {
    const isOpen = this.#state.kind === 'open' && this.#state.level === level
    if (isOpen && level !== undefined) this.#state = { kind: 'failed', level }
    this.#log.warn({ folder: this.#folder, error: messageOf(innermost(error)) }, 'a write failed')
    return operationFailed(this.#folder, error)
  }
}

function iterate(level: Level, range: KeyRange): RecordIterator {
  return level.iterator({
    gte: range.gte,
    lt: range.lt,
    reverse: range.reverse === true,
    limit: range.limit ?? -1,
    highWaterMarkBytes: READ_AHEAD_BYTES,
  })
}

/** What is left of a range behind the record with `key`, the `given`-th. */
function restOf(range: KeyRange, key: Uint8Array, given: number): KeyRange {
  const bounds = range.reverse === true ? { gte: range.gte, lt: key } : { gte: after(key), lt: range.lt }
  const limit = range.limit === undefined ? {} : { limit: range.limit - given }
  return { ...bounds, ...limit, reverse: range.reverse === true }
}

/** The first key behind `key`. */
function after(key: Uint8Array): Uint8Array {
  const next = new Uint8Array(key.length + 1)
  next.set(key)
  return next
}

function toLevel(
  operation: Operation,
): { type: 'put'; key: Uint8Array; value: Uint8Array } | { type: 'del'; key: Uint8Array } {
  return operation.type === 'put'
    ? { type: 'put', key: operation.key, value: operation.value }
    : { type: 'del', key: operation.key }
}

/** classic-level gives Buffers, whose `slice` and `toString` mean something else. */
function plain(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? EMPTY_BYTES : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function bytesOf(operations: readonly Operation[]): number {
  let bytes = 0
  for (const operation of operations)
    bytes += operation.key.length + (operation.type === 'put' ? operation.value.length : 0)
  return bytes
}
