import type { Clock } from '../../base/clock.ts'
import { pause } from '../../base/clock.ts'
import { decodeCborMap, encodeCbor } from '../../base/cbor.ts'
import { InvalidInputError } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import { parseDeviceId } from '../../base/ids.ts'
import type { Verify } from '../../identity/device-key.ts'
import type { MessageStream } from '../network.ts'
import type { AddressBook } from './address-book.ts'
import type { AddressRecord } from './address-record.ts'
import { MAX_RECORD_BYTES, readRecord } from './address-record.ts'
import { MAX_PEERS } from './constants.ts'
import type { Link } from './link.ts'
import type { Links } from './links.ts'
import { hostOf, isLoopback } from './peer-address.ts'

/** Changes are told together after so long, so that a swarm that starts does not tell each arrival apart. */
const GATHER_MS = 100
/** Records in one message, which so stays below 64 KiB of what a book holds at its fullest. */
const MAX_RECORDS = 16
const MAX_MESSAGE_BYTES = MAX_RECORDS * (MAX_RECORD_BYTES + 8) + MAX_PEERS * 64

/** Records that one neighbour may tell: a full book at first, then so many a second. Checking each takes a signature. */
const RECORDS_AT_FIRST = 2 * MAX_PEERS
const RECORDS_PER_SECOND = 10

interface Talk {
  readonly link: Link
  readonly began: number
  heard: number
  /** Devices whose records are to be told, and whose presence changed. */
  readonly records: Set<DeviceId>
  readonly presence: Set<DeviceId>
  /** To be told that the link is given up on purpose. */
  parting: boolean
  wake: () => void
}

export interface AddressExchangeOptions {
  readonly links: Links
  readonly book: AddressBook
  readonly clock: Clock
  readonly verify: Verify
  readonly self: DeviceId
  /** One's own record as of now. */
  readonly own: () => AddressRecord
  /** A record of one's own that is newer than one's own came back: this device was here before, with a later clock. */
  readonly outrun: (sequence: number) => void
  /** There is news of a device: a new address, or that somebody else is connected to it. */
  readonly news: (device: DeviceId) => void
}

/**
 * Members tell each other where they are, where the others are, and to whom they are connected, and again whenever that
 * changes: so a machine that restarted elsewhere is found through anybody.
 */
export class AddressExchange {
  readonly #options: AddressExchangeOptions
  readonly #talks = new Map<Link, Talk>()
  /** Who is connected to a device, by what they say. */
  readonly #connectedTo = new Map<DeviceId, Set<Link>>()

  constructor(options: AddressExchangeOptions) {
    this.#options = options
    options.links.events.on('admitted', (link) => this.#presenceChanged(link))
    options.links.events.on('closed', (link) => {
      this.#presenceChanged(link)
      for (const device of this.#connectedTo.keys()) this.#forgetTeller(device, link)
    })
  }

  /** Whether somebody who is connected says that this device is connected to it. */
  isSeenByOthers(device: DeviceId): boolean {
    return (this.#connectedTo.get(device)?.size ?? 0) > 0
  }

  /** Tells everybody one's own addresses, which changed. */
  ownChanged(): void {
    this.#tell(this.#options.self, undefined)
  }

  /** Tells the other side that the link is about to be given up, because there are enough. */
  part(link: Link): void {
    link.parting = true
    const talk = this.#talks.get(link)
    if (talk === undefined) return
    talk.parting = true
    talk.wake()
  }

  async run(link: Link, stream: MessageStream): Promise<void> {
    const { book, links, self, clock } = this.#options
    const talk: Talk = {
      link,
      began: clock.monotonic(),
      heard: 0,
      records: new Set([self]),
      presence: new Set(),
      parting: false,
      wake: () => undefined,
    }
    for (const device of book.devices) if (device !== link.device) talk.records.add(device)
    for (const other of links.admitted) if (other !== link) talk.presence.add(other.device)
    this.#talks.set(link, talk)
    const telling = this.#tellOn(talk, stream)
    try {
      for await (const frame of stream) this.#hear(talk, frame)
    } finally {
      this.#talks.delete(link)
      talk.wake()
      stream.abort(new InvalidInputError('the exchange of addresses ended'))
      await telling
    }
  }

  async #tellOn(talk: Talk, stream: MessageStream): Promise<void> {
    try {
      for (;;) {
        while (talk.records.size + talk.presence.size > 0 || talk.parting) await stream.send(this.#nextMessage(talk))
        await new Promise<void>((resolve) => {
          talk.wake = resolve
          if (stream.signal.aborted) resolve()
        })
        if (stream.signal.aborted) return
        await pause(this.#options.clock, GATHER_MS, stream.signal)
      }
    } catch {
      // The stream ended; the other half of it says so.
    }
  }

  #nextMessage(talk: Talk): Uint8Array {
    const { book, links, self, own } = this.#options
    const records: Uint8Array[] = []
    for (const device of talk.records) {
      if (records.length === MAX_RECORDS) break
      talk.records.delete(device)
      const record = device === self ? own() : book.get(device)?.record
      if (record !== undefined) records.push(record.bytes)
    }
    const here: DeviceId[] = []
    const gone: DeviceId[] = []
    for (const device of talk.presence) (links.linkTo(device) === undefined ? gone : here).push(device)
    talk.presence.clear()
    const { parting } = talk
    talk.parting = false
    return encodeCbor({ records, here, gone, ...(parting ? { parting } : {}) })
  }

  #hear(talk: Talk, frame: Uint8Array): void {
    const { link } = talk
    const fields = decodeCborMap(frame, MAX_MESSAGE_BYTES)
    if (fields === undefined) throw new InvalidInputError('that was no message about addresses')
    for (const bytes of readList(fields.get('records'), MAX_RECORDS)) {
      if (!(bytes instanceof Uint8Array) || !this.#mayTell(talk)) continue
      const record = readRecord(bytes, this.#options.verify, (...claim) => this.#isNews(link, ...claim))
      if (record !== undefined) this.#hearRecord(link, record)
    }
    if (fields.get('parting') === true) link.parting = true
    for (const device of readDevices(fields.get('here'))) this.#hearPresence(link, device, true)
    for (const device of readDevices(fields.get('gone'))) this.#hearPresence(link, device, false)
  }

  #mayTell(talk: Talk): boolean {
    talk.heard++
    const seconds = (this.#options.clock.monotonic() - talk.began) / 1000
    return talk.heard <= RECORDS_AT_FIRST + seconds * RECORDS_PER_SECOND
  }

  /** Whether a record is above what is known; to who tells an older one, ours is told. */
  #isNews(link: Link, device: DeviceId, sequence: number): boolean {
    const { book, self, own } = this.#options
    const known = device === self ? own().sequence : (book.get(device)?.record?.sequence ?? -1)
    const talk = this.#talks.get(link)
    if (sequence < known && talk !== undefined && device !== link.device) {
      talk.records.add(device)
      talk.wake()
    }
    return sequence > known
  }

  #hearRecord(link: Link, record: AddressRecord): void {
    const { book, clock, self, outrun, news } = this.#options
    if (record.device === self) {
      outrun(record.sequence)
      return
    }
    // What is called 127.0.0.1 on another machine is not there on this one.
    const isElsewhere = !isLoopback(hostOf(link.address))
    const usable = record.addresses.filter((address) => !isElsewhere || !isLoopback(address.host))
    if (book.tell({ ...record, addresses: usable }, clock.now()) !== 'newer') return
    this.#tell(record.device, link)
    news(record.device)
  }

  #hearPresence(link: Link, device: DeviceId, here: boolean): void {
    if (device === this.#options.self) return
    if (!here) {
      this.#forgetTeller(device, link)
      return
    }
    const tellers = this.#connectedTo.get(device)
    if (tellers !== undefined) {
      tellers.add(link)
      return
    }
    if (this.#connectedTo.size < MAX_PEERS) this.#connectedTo.set(device, new Set([link]))
    this.#options.news(device)
  }

  #forgetTeller(device: DeviceId, link: Link): void {
    const tellers = this.#connectedTo.get(device)
    tellers?.delete(link)
    if (tellers?.size === 0) this.#connectedTo.delete(device)
  }

  #tell(device: DeviceId, except: Link | undefined): void {
    for (const talk of this.#talks.values()) {
      if (talk.link === except || talk.link.device === device) continue
      talk.records.add(device)
      talk.wake()
    }
  }

  #presenceChanged(link: Link): void {
    for (const talk of this.#talks.values()) {
      if (talk.link === link || talk.link.device === link.device) continue
      talk.presence.add(link.device)
      talk.wake()
    }
  }
}

function readList(value: unknown, limit: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, limit) : []
}

function readDevices(value: unknown): readonly DeviceId[] {
  return readList(value, MAX_PEERS).flatMap((item) => {
    try {
      return typeof item === 'string' ? [parseDeviceId(item)] : []
    } catch {
      return []
    }
  })
}
