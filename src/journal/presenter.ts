import { fromHex, toHex } from '../base/bytes.ts'
import type { DeviceId, SpaceId } from '../base/ids.ts'
import { deviceIdOf } from '../identity/device-key.ts'
import type { Blobs } from './blobs.ts'
import type { Entry, JournalId, Supersedes } from './entry-types.ts'
import type { SealedHeader } from './header.ts'
import { afterOf, MEMBERS } from './header.ts'
import type { Line } from './line.ts'

/** Turns what is held into what projections see. */
export class Presenter {
  readonly #space: SpaceId
  readonly #own: string
  readonly #blobs: Blobs
  readonly #journals = new WeakMap<Line, JournalId>()
  readonly #devices = new Map<string, DeviceId>()

  constructor(options: {
    readonly space: SpaceId
    /** Public key of this device. */
    readonly own: Uint8Array
    readonly blobs: Blobs
  }) {
    this.#space = options.space
    this.#own = toHex(options.own)
    this.#blobs = options.blobs
  }

  async entry(held: { readonly line: Line; readonly header: SealedHeader; readonly body: Uint8Array }): Promise<Entry> {
    const { line, header } = held
    return {
      space: this.#space,
      journal: this.journalId(line),
      device: this.deviceId(toHex(line.journal.device)),
      sequence: header.sequence,
      hash: header.hash,
      lamport: header.lamport,
      time: header.time,
      kind: header.kind,
      body: header.blobs.length === 0 ? held.body : await this.#blobs.join(header.blobs),
      after: afterOf(header),
      supersedes: header.supersedes.map((item): Supersedes => ({
        incarnation: toHex(item.incarnation),
        ranges: item.ranges,
      })),
      own: toHex(line.journal.device) === this.#own,
    }
  }

  journalId(line: Line): JournalId {
    const known = this.#journals.get(line)
    if (known !== undefined) return known
    const id: JournalId = {
      device: this.deviceId(toHex(line.journal.device)),
      incarnation: toHex(line.journal.incarnation),
      kind: line.journal.kind === MEMBERS ? 'members' : 'data',
      ...(line.branch === undefined ? {} : { branch: toHex(line.branch) }),
    }
    this.#journals.set(line, id)
    return id
  }

  /** @param device public key in hex */
  deviceId(device: string): DeviceId {
    const known = this.#devices.get(device)
    if (known !== undefined) return known
    const id = deviceIdOf(fromHex(device))
    this.#devices.set(device, id)
    return id
  }
}
