import type { Clock } from '../../base/clock.ts'
import { concatBytes, fromUtf8, utf8 } from '../../base/bytes.ts'
import { decodeCborMap, encodeCbor, readText, readWhole } from '../../base/cbor.ts'
import { messageOf } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import { parseDeviceId } from '../../base/ids.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import type { Logger } from '../../base/log.ts'
import { Mutex } from '../../base/mutex.ts'
import type { Verify } from '../../identity/device-key.ts'
import { prefixRange } from '../../store/keys.ts'
import type { Operation, RecordStore } from '../../store/record-store.ts'
import type { AddressSource, KnownAddress, KnownPeer } from './address-book.ts'
import { MAX_RECORD_BYTES, readRecord } from './address-record.ts'
import { MAX_ADDRESS_CHARACTERS, MAX_ADDRESSES } from './constants.ts'
import { readPeerAddress } from './peer-address.ts'

/** Changes are gathered for so long. A newcomer that is killed later than this knows whom to dial. */
const SAVE_AFTER_MS = 100
const MAX_SAVED_BYTES = MAX_RECORD_BYTES + 512 + MAX_ADDRESSES * (MAX_ADDRESS_CHARACTERS + 64)
const OWN = 'own'

/** What this peer remembers of itself. */
export interface OwnAddresses {
  /** The highest sequence of a record of its own. */
  readonly sequence: number
  /** The port that it had, to have it again: then nobody needs to look for it. */
  readonly port: number
}

export interface AddressStoreOptions {
  readonly store: RecordStore
  readonly prefix: Uint8Array
  readonly verify: Verify
  readonly clock: Clock
  readonly logger: Logger
}

/** Keeps the address book on disk. */
export class AddressStore {
  readonly #options: AddressStoreOptions
  readonly #writes = new Mutex()
  readonly #changed = new Map<string, () => Uint8Array | undefined>()
  #timer: Disposable | undefined

  constructor(options: AddressStoreOptions) {
    this.#options = options
  }

  async load(): Promise<{ readonly peers: readonly KnownPeer[]; readonly own: OwnAddresses }> {
    const { store, prefix, verify } = this.#options
    const peers: KnownPeer[] = []
    let own: OwnAddresses = { sequence: 0, port: 0 }
    for await (const [key, value] of store.entries(prefixRange(prefix))) {
      const name = nameOf(key.subarray(prefix.length))
      if (name === OWN) own = readOwn(value)
      else if (name !== undefined) peers.push(...readPeer(name, value, verify))
    }
    return { peers, own }
  }

  /** Saves a peer soon; where it is gone by then, its record goes. */
  save(device: DeviceId, look: () => KnownPeer | undefined): void {
    this.#soon(device, () => {
      const peer = look()
      return peer === undefined ? undefined : encodePeer(peer)
    })
  }

  saveOwn(own: OwnAddresses): void {
    this.#soon(OWN, () => encodeCbor(own))
  }

  /** Saves at once what waits. Never fails: the address book can be learnt again. */
  async flush(): Promise<void> {
    this.#timer?.dispose()
    this.#timer = undefined
    const { store, prefix, logger } = this.#options
    await this.#writes.run(async () => {
      const operations: Operation[] = []
      for (const [name, encode] of this.#changed) {
        const key = concatBytes(prefix, utf8(name))
        const value = encode()
        operations.push(value === undefined ? { type: 'delete', key } : { type: 'put', key, value })
      }
      this.#changed.clear()
      if (operations.length === 0) return
      try {
        await store.write(operations, { durable: false })
      } catch (error) {
        logger.warn({ reason: messageOf(error) }, 'the addresses of other machines could not be saved')
      }
    })
  }

  #soon(name: string, encode: () => Uint8Array | undefined): void {
    this.#changed.set(name, encode)
    this.#timer ??= this.#options.clock.after(SAVE_AFTER_MS, () => void this.flush())
  }
}

function nameOf(key: Uint8Array): string | undefined {
  try {
    return fromUtf8(key)
  } catch {
    return undefined
  }
}

function readOwn(value: Uint8Array): OwnAddresses {
  const fields = decodeCborMap(value, 128)
  return {
    sequence: readWhole(fields?.get('sequence'), 0, Number.MAX_SAFE_INTEGER - 1) ?? 0,
    port: readWhole(fields?.get('port'), 0, 65_535) ?? 0,
  }
}

const SOURCES: readonly AddressSource[] = ['given', 'told', 'found']

function encodePeer(peer: KnownPeer): Uint8Array {
  return encodeCbor({
    seenAt: peer.seenAt,
    addedAt: peer.addedAt,
    record: peer.record?.bytes,
    addresses: peer.addresses.map((item) => [
      item.address.text,
      SOURCES.indexOf(item.source),
      item.addedAt,
      item.reachedAt,
    ]),
  })
}

/** Nothing for a record that another version wrote: it is learnt again. */
function readPeer(name: string, value: Uint8Array, verify: Verify): readonly KnownPeer[] {
  const fields = decodeCborMap(value, MAX_SAVED_BYTES)
  const saved = fields?.get('addresses')
  if (fields === undefined || !Array.isArray(saved)) return []
  const record = fields.get('record')
  try {
    const device = parseDeviceId(name)
    return [
      {
        device,
        seenAt: readTime(fields.get('seenAt')),
        addedAt: readTime(fields.get('addedAt')),
        record: record instanceof Uint8Array ? readRecord(record, verify) : undefined,
        addresses: saved.slice(0, MAX_ADDRESSES).flatMap((item) => readAddress(item, device)),
      },
    ]
  } catch {
    return []
  }
}

function readAddress(item: unknown, device: DeviceId): readonly KnownAddress[] {
  if (!Array.isArray(item)) return []
  const [text, source, addedAt, reachedAt] = item as unknown[]
  const address = readPeerAddress(readText(text, MAX_ADDRESS_CHARACTERS) ?? '')
  if (address?.device !== device) return []
  return [
    {
      address,
      source: SOURCES[readWhole(source, 0, 2) ?? 0] ?? 'given',
      addedAt: readTime(addedAt),
      reachedAt: readTime(reachedAt),
      failures: 0,
    },
  ]
}

function readTime(value: unknown): number {
  return readWhole(value, 0, Number.MAX_SAFE_INTEGER) ?? 0
}
