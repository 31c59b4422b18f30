import { ownBytes } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import { Emitter } from '../../base/emitter.ts'
import type { Disposable, Startable } from '../../base/lifecycle.ts'
import { Mutex } from '../../base/mutex.ts'
import { prefixRange, readUint64Key, uint64Key } from '../../store/keys.ts'
import type { Operation, RecordStore } from '../../store/record-store.ts'
import {
  KEPT_UNREFERENCED_MS,
  MAX_RECORD_CHUNK_BYTES,
  MAX_UNSYNCED_BYTES,
  MAX_UNSYNCED_RECORD_BYTES,
} from '../constants.ts'
import type { ChunkAddress } from '../content/parts.ts'
import { addressOf } from '../content/parts.ts'
import { ChunkDamagedError, ChunkMissingError, OfferUsedUpError, WrongChunkError } from '../errors.ts'
import type { AddressSet } from './address-set.ts'
import { ChunkFiles } from './chunk-files.ts'
import type { ChunkRecord } from './chunk-records.ts'
import * as records from './chunk-records.ts'

export interface ChunkStoreOptions {
  /** Where the chunks lie; made where it is missing. */
  readonly folder: string
  /** This machine's own records, started. */
  readonly records: RecordStore
  readonly clock: Clock
  /** Bytes of disk that this machine offers at present. */
  readonly offered: () => number
}

export interface ChunkStoreEvents {
  /** It was on this disk and is not what it was, or not there any more: it has to come from elsewhere. */
  'chunk:damaged': { readonly address: ChunkAddress }
}

export interface Scrubbed {
  readonly checked: number
  /** Thrown away: a bit flipped, or a file vanished. */
  readonly damaged: readonly ChunkAddress[]
  /** Found without a record, whole, and taken in. */
  readonly adopted: readonly ChunkAddress[]
}

/** Written to a file without its name yet, or few bytes that will lie among the records. */
type Unsynced = { readonly size: number } & ({ readonly file: string } | { readonly bytes: Uint8Array })

/** The chunks on this machine's disk, of all its spaces: each once, whoever needs it. */
export class ChunkStore implements Startable {
  readonly events = new Emitter<ChunkStoreEvents>()
  readonly #files: ChunkFiles
  readonly #records: RecordStore
  readonly #clock: Clock
  readonly #offered: () => number
  /** Written and not yet safe. */
  readonly #unsynced = new Map<ChunkAddress, Unsynced>()
  readonly #held = new Map<ChunkAddress, number>()
  /** What is decided upon a record still holds when it is written. */
  readonly #turns = new Mutex()
  readonly #syncing = new Mutex()
  #unsyncedBytes = 0
  #unsyncedInMemory = 0
  #used = 0

  constructor(options: ChunkStoreOptions) {
    this.#files = new ChunkFiles(options.folder)
    this.#records = options.records
    this.#clock = options.clock
    this.#offered = options.offered
  }

  async start(): Promise<void> {
    await this.#files.start()
    const used = await this.#records.get(records.USED_KEY)
    this.#used = used === undefined ? 0 : readUint64Key(used, 0)
  }

  async stop(): Promise<void> {
    await this.sync()
  }

  /** Bytes that the chunks here take, those that are not safe yet included. */
  get used(): number {
    return this.#used + this.#unsyncedBytes
  }

  /** Bytes of what is offered that are left. */
  get free(): number {
    return Math.max(0, this.#offered() - this.used)
  }

  /**
   * Takes a chunk in; it is safe once `sync` resolves. It stays for 30 days even if nothing ever refers to it.
   * @param purpose what people put on this machine is taken beyond what it offers to others
   * @throws WrongChunkError where a copy's bytes are others, OfferUsedUpError, DiskFullError
   */
  async put(address: ChunkAddress, bytes: Uint8Array, purpose: 'own' | 'copy'): Promise<'new' | 'had'> {
    // What this machine cuts it has just hashed itself.
    if (purpose === 'copy' && addressOf(bytes) !== address) throw new WrongChunkError(address)
    if (await this.#turns.run(() => this.#touch(address))) return 'had'
    if (purpose === 'copy' && this.free < bytes.length) throw new OfferUsedUpError(this.#offered())
    const size = bytes.length
    const isSmall = size <= MAX_RECORD_CHUNK_BYTES
    const unsynced: Unsynced = isSmall
      ? { size, bytes: ownBytes(bytes) }
      : { size, file: await this.#files.write(bytes) }
    if (this.#unsynced.has(address)) {
      // Somebody was quicker with the same chunk.
      if ('file' in unsynced) await this.#files.discard(unsynced.file)
      return 'had'
    }
    this.#unsynced.set(address, unsynced)
    this.#unsyncedBytes += size
    if (isSmall) this.#unsyncedInMemory += size
    const isTooMuch = this.#unsyncedBytes >= MAX_UNSYNCED_BYTES || this.#unsyncedInMemory >= MAX_UNSYNCED_RECORD_BYTES
    if (isTooMuch) await this.sync()
    return 'new'
  }

  /** Whether it is here; then its 30 days begin anew. */
  async #touch(address: ChunkAddress): Promise<boolean> {
    if (this.#unsynced.has(address)) return true
    const record = await this.#record(address)
    if (record === undefined) return false
    if (record.idleSince !== 0) await this.#setIdle(address, record, this.#clock.now())
    return true
  }

  /** Resolves once all that was put before is safe, power cuts included. */
  async sync(): Promise<void> {
    await this.#syncing.run(async () => {
      const chunks = [...this.#unsynced]
      if (chunks.length === 0) return
      await this.#files.settle(
        chunks.flatMap(([address, unsynced]) => ('file' in unsynced ? [{ address, file: unsynced.file }] : [])),
      )
      await this.#turns.run(async () => await this.#settled(chunks))
    })
  }

  async #settled(chunks: readonly (readonly [ChunkAddress, Unsynced])[]): Promise<void> {
    const idleSince = this.#clock.now()
    const operations: Operation[] = []
    let size = 0
    let inMemory = 0
    for (const [address, unsynced] of chunks) {
      size += unsynced.size
      operations.push(this.#putRecord(address, { size: unsynced.size, idleSince }))
      if ('file' in unsynced) continue
      inMemory += unsynced.size
      operations.push({ type: 'put', key: records.bytesKey(address), value: unsynced.bytes })
    }
    await this.#write([...operations, this.#usedRecord(this.#used + size)], { durable: true })
    this.#used += size
    this.#unsyncedBytes -= size
    this.#unsyncedInMemory -= inMemory
    for (const [address] of chunks) this.#unsynced.delete(address)
  }

  async has(address: ChunkAddress): Promise<boolean> {
    return this.#unsynced.has(address) || (await this.#record(address)) !== undefined
  }

  /**
   * The chunk, checked.
   * @throws ChunkMissingError, ChunkDamagedError where it is not what it was; it is thrown away then
   */
  async read(address: ChunkAddress): Promise<Uint8Array> {
    // Being made safe may move it in between.
    const bytes =
      (await this.#readUnsynced(address)) ??
      (await this.#records.get(records.bytesKey(address))) ??
      (await this.#files.read(this.#files.pathOf(address)))
    if (bytes !== undefined && addressOf(bytes) === address) return bytes
    const record = await this.#record(address)
    if (record === undefined && bytes === undefined) throw new ChunkMissingError(address)
    await this.#drop(address)
    this.events.emit('chunk:damaged', { address })
    throw bytes === undefined ? new ChunkMissingError(address) : new ChunkDamagedError(address)
  }

  async #readUnsynced(address: ChunkAddress): Promise<Uint8Array | undefined> {
    const unsynced = this.#unsynced.get(address)
    if (unsynced === undefined) return undefined
    return 'file' in unsynced ? await this.#files.read(unsynced.file) : ownBytes(unsynced.bytes)
  }

  /** While held, it is neither released nor collected. */
  hold(address: ChunkAddress): Disposable {
    this.#held.set(address, (this.#held.get(address) ?? 0) + 1)
    let isHeld = true
    return {
      dispose: () => {
        if (!isHeld) return
        isHeld = false
        const others = (this.#held.get(address) ?? 1) - 1
        if (others === 0) this.#held.delete(address)
        else this.#held.set(address, others)
      },
    }
  }

  /** Lets go of a chunk that others hold. @returns whether it is gone; false while somebody here holds on to it */
  async release(address: ChunkAddress): Promise<boolean> {
    await this.sync()
    if (this.#held.has(address)) return false
    await this.#drop(address)
    return true
  }

  async #drop(address: ChunkAddress): Promise<void> {
    await this.#turns.run(async () => await this.#dropNow(address))
  }

  /** The record first: a file without one is found by the scrub, a record without a file would promise what isn't there. */
  async #dropNow(address: ChunkAddress): Promise<void> {
    const record = await this.#record(address)
    if (record !== undefined) {
      const used = Math.max(0, this.#used - record.size)
      const keys = [records.chunkKey(address), records.bytesKey(address)]
      await this.#write([...keys.map((key) => ({ type: 'delete' as const, key })), this.#usedRecord(used)])
      this.#used = used
    }
    await this.#files.remove(address)
  }

  /** Every chunk that is here and safe, by address. */
  async *addresses(): AsyncGenerator<{ readonly address: ChunkAddress; readonly size: number }, undefined> {
    for await (const [key, value] of this.#records.entries(prefixRange(records.CHUNKS))) {
      yield { address: records.addressOfKey(key), size: records.decodeChunkRecord(value).size }
    }
  }

  /**
   * Throws away what nothing has referred to for 30 days.
   * @param referenced everything that any space's files refer to, bin and versions included
   * @returns what went
   */
  async collect(referenced: Pick<AddressSet, 'has'>): Promise<{ readonly chunks: number; readonly bytes: number }> {
    await this.sync()
    const now = this.#clock.now()
    const gone = { chunks: 0, bytes: 0 }
    for await (const { address } of this.addresses()) {
      const isReferenced = referenced.has(address)
      await this.#turns.run(async () => {
        const record = await this.#record(address)
        if (record === undefined) return
        if (isReferenced) await this.#setIdle(address, record, 0)
        else if (record.idleSince === 0) await this.#setIdle(address, record, now)
        else if (now - record.idleSince >= KEPT_UNREFERENCED_MS && !this.#held.has(address)) {
          await this.#dropNow(address)
          gone.chunks++
          gone.bytes += record.size
        }
      })
    }
    return gone
  }

  /**
   * Reads every chunk of a shard and compares records with files. Who calls paces it.
   * @param shard below SHARDS
   */
  async scrub(shard: number, options: { readonly signal?: AbortSignal } = {}): Promise<Scrubbed> {
    await this.sync()
    const files = new Set(await this.#files.list(shard))
    const known = new Set<ChunkAddress>()
    for await (const [key] of this.#records.entries(prefixRange(Uint8Array.of(...records.CHUNKS, shard)))) {
      known.add(records.addressOfKey(key))
    }
    const damaged: ChunkAddress[] = []
    const adopted: ChunkAddress[] = []
    let checked = 0
    for (const address of new Set([...files, ...known])) {
      if (options.signal?.aborted === true) break
      checked++
      const outcome = await this.#check(address)
      if (outcome === 'damaged') damaged.push(address)
      else if (outcome === 'adopted') adopted.push(address)
    }
    return { checked, damaged, adopted }
  }

  async #check(address: ChunkAddress): Promise<'sound' | 'damaged' | 'adopted' | 'gone'> {
    const hadRecord = (await this.#record(address)) !== undefined
    let size: number
    try {
      size = (await this.read(address)).length
    } catch (error) {
      if (error instanceof ChunkMissingError) return hadRecord ? 'damaged' : 'gone'
      if (error instanceof ChunkDamagedError) return 'damaged'
      throw error
    }
    if (hadRecord) return 'sound'
    return await this.#turns.run(async () => {
      if ((await this.#record(address)) !== undefined) return 'sound'
      const record = this.#putRecord(address, { size, idleSince: this.#clock.now() })
      await this.#write([record, this.#usedRecord(this.#used + size)])
      this.#used += size
      return 'adopted'
    })
  }

  async #record(address: ChunkAddress): Promise<ChunkRecord | undefined> {
    const value = await this.#records.get(records.chunkKey(address))
    return value === undefined ? undefined : records.decodeChunkRecord(value)
  }

  async #setIdle(address: ChunkAddress, record: ChunkRecord, idleSince: number): Promise<void> {
    if (record.idleSince !== idleSince) await this.#write([this.#putRecord(address, { ...record, idleSince })])
  }

  #putRecord(address: ChunkAddress, record: ChunkRecord): Operation {
    return { type: 'put', key: records.chunkKey(address), value: records.encodeChunkRecord(record) }
  }

  #usedRecord(used: number): Operation {
    return { type: 'put', key: records.USED_KEY, value: uint64Key(used) }
  }

  async #write(operations: readonly Operation[], options = { durable: false }): Promise<void> {
    await this.#records.write(operations, options)
  }
}
