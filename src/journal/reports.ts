import { encode } from 'cborg'

import { bytesEqual, compareBytes, concatBytes, toHex, utf8 } from '../base/bytes.ts'
import { sha256 } from '../base/hash.ts'
import type { DeviceKey, Verify } from '../identity/device-key.ts'
import { prefixRange, uint64Key } from '../store/keys.ts'
import type { RecordStore } from '../store/record-store.ts'
import { StructureError } from './errors.ts'
import type { FrontierItem } from './frontier.ts'
import { bytesOf, decodeArray, list, readJournal, whole } from './header.ts'
import type { ReportVersion, WireReport } from './protocol.ts'

const REPORT_VERSION = 1
const MAX_REPORT_ITEMS = 8192
const DOMAIN = utf8('murmuration frontier report\n')

/** What a device said, signed, of its whole frontier. */
export interface Report {
  readonly device: Uint8Array
  /** The device's wall time when it was made, always growing: the newest report of a device counts. */
  readonly counter: number
  readonly items: readonly FrontierItem[]
  readonly wire: WireReport
}

/** Every device's latest signed report, kept over restarts: how peers that are not neighbours know of each other. */
export class Reports {
  readonly #store: RecordStore
  readonly #prefix: Uint8Array
  readonly #space: Uint8Array
  readonly #reports = new Map<string, Report>()
  #digest: Uint8Array | undefined

  constructor(store: RecordStore, prefix: Uint8Array, space: Uint8Array) {
    this.#store = store
    this.#prefix = concatBytes(prefix, utf8('r'))
    this.#space = space
  }

  async load(verify: Verify): Promise<void> {
    for await (const [, value] of this.#store.entries(prefixRange(this.#prefix))) {
      const fields = decodeArray(value)
      const report = this.#open({ bytes: fields[0] as Uint8Array, signature: fields[1] as Uint8Array }, verify)
      this.#reports.set(toHex(report.device), report)
    }
  }

  get all(): Iterable<Report> {
    return this.#reports.values()
  }

  of(device: string): Report | undefined {
    return this.#reports.get(device)
  }

  /** Equal for two peers that have the same reports. */
  get digest(): Uint8Array {
    this.#digest ??= sha256(
      concatBytes(
        ...[...this.#reports.values()]
          .map((report) => concatBytes(report.device, uint64Key(report.counter)))
          .sort(compareBytes),
      ),
    )
    return this.#digest
  }

  versions(): readonly ReportVersion[] {
    return [...this.#reports.values()].map((report) => [report.device, report.counter])
  }

  /** Those that are newer than, or missing among, what the other has; at most `limit`. */
  newerThan(have: readonly ReportVersion[], limit: number): readonly WireReport[] {
    const known = new Map(have.map(([device, counter]) => [toHex(device), counter]))
    return [...this.#reports]
      .filter(([device, report]) => report.counter > (known.get(device) ?? -1))
      .slice(0, limit)
      .map(([, report]) => report.wire)
  }

  /** Signs a report of this device's own frontier. */
  async make(key: DeviceKey, now: number, items: readonly FrontierItem[]): Promise<Report> {
    const previous = this.#reports.get(toHex(key.publicKey))
    const counter = Math.max(Math.floor(now), (previous?.counter ?? 0) + 1)
    const fields = items
      .slice(0, MAX_REPORT_ITEMS)
      .map(({ journal, sequence, hash }) => [journal.device, journal.incarnation, journal.kind, sequence, hash])
    const bytes = encode([REPORT_VERSION, this.#space, key.publicKey, counter, fields])
    const wire = { bytes, signature: key.sign(concatBytes(DOMAIN, bytes)) }
    const report: Report = { device: key.publicKey, counter, items, wire }
    await this.#keep(report)
    return report
  }

  /**
   * Takes a report from another peer; undefined where it is not news.
   * @throws StructureError
   */
  async receive(
    wire: WireReport,
    verify: Verify,
    accepts: (device: Uint8Array) => boolean,
  ): Promise<Report | undefined> {
    const report = this.#open(wire, verify)
    if (!accepts(report.device)) return undefined
    const known = this.#reports.get(toHex(report.device))
    if (known !== undefined && known.counter >= report.counter) return undefined
    await this.#keep(report)
    return report
  }

  #open(wire: WireReport, verify: Verify): Report {
    const fields = decodeArray(wire.bytes)
    if (fields[0] !== REPORT_VERSION) throw new StructureError('a report of an unknown version')
    if (!bytesEqual(bytesOf(fields[1], 32), this.#space)) throw new StructureError('a report of another space')
    const device = bytesOf(fields[2], 32)
    if (!verify(device, concatBytes(DOMAIN, wire.bytes), wire.signature)) {
      throw new StructureError('a report with a wrong signature')
    }
    const items = list(fields[4], MAX_REPORT_ITEMS).map((value): FrontierItem => {
      const item = list(value, 5)
      return { journal: readJournal(item), sequence: whole(item[3], 1), hash: bytesOf(item[4], 32) }
    })
    return { device, counter: whole(fields[3], 0), items, wire }
  }

  async #keep(report: Report): Promise<void> {
    this.#reports.set(toHex(report.device), report)
    this.#digest = undefined
    const key = concatBytes(this.#prefix, report.device)
    const value = encode([report.wire.bytes, report.wire.signature])
    await this.#store.write([{ type: 'put', key, value }], { durable: false })
  }
}
