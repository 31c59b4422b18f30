import { toHex } from '../base/bytes.ts'
import { messageOf } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Logger } from '../base/log.ts'
import { Mutex } from '../base/mutex.ts'
import type { DeviceKey } from '../identity/device-key.ts'
import { openBox } from '../identity/sealed-box.ts'
import type { Operation, RecordStore } from '../store/record-store.ts'
import { MAX_SENDERS } from './constants.ts'
import { FORM } from './form.ts'
import type { KnownTags } from './known-tags.ts'
import type { Tags } from './tags.ts'
import type { Undelivered } from './undelivered.ts'

export interface InboxOptions {
  readonly key: DeviceKey
  readonly store: RecordStore
  readonly logger: Logger
  readonly known: KnownTags
  readonly undelivered: Undelivered
  readonly tags: Tags
  /** Devices that may have left something for this one. */
  readonly senders: () => readonly DeviceId[]
  readonly deliver: (from: DeviceId, content: Uint8Array) => Promise<void>
}

export interface Fetched {
  readonly tag: Uint8Array
  readonly box: Uint8Array
}

/** What came for this device: found among all that was fetched, kept until it is delivered. */
export class Inbox {
  readonly #options: InboxOptions
  readonly #delivering = new Mutex()
  /** Tags in hex of what is being fetched now. */
  readonly #claimed = new Set<string>()

  constructor(options: InboxOptions) {
    this.#options = options
  }

  /** Whether there is no reason to fetch it from that machine any more. */
  knows(tag: string, machine: DeviceId): boolean {
    return this.#options.known.has(tag, machine)
  }

  /** Whether it is being fetched now. */
  isClaimed(tag: string): boolean {
    return this.#claimed.has(tag)
  }

  /** Says what is fetched now, so that no other visit fetches it too, until that is disposed. */
  claim(tags: readonly string[]): { readonly dispose: () => void } {
    for (const tag of tags) this.#claimed.add(tag)
    return {
      dispose: () => {
        for (const tag of tags) this.#claimed.delete(tag)
      },
    }
  }

  /** Whether a tag says that its envelope is for this device. */
  isOwn(tag: Uint8Array): boolean {
    const { senders, tags } = this.#options
    return tags.senderOf(tag, senders().slice(0, MAX_SENDERS)) !== undefined
  }

  /** Remembers what a machine gave and keeps what is for this device, in one write. Resolves to the tags of that, in hex. */
  async take(fetched: readonly Fetched[], machine: DeviceId): Promise<readonly string[]> {
    const operations: Operation[] = []
    const own: string[] = []
    for (const { box, tag } of fetched) {
      const { key, known, undelivered } = this.#options
      const opened = openBox({ key, box, form: FORM })
      if (opened === undefined) {
        // For somebody else; or for this device, and the machine spoilt it: then another may have it whole.
        operations.push(...known.add(tag, this.isOwn(tag) ? { damagedAt: machine } : {}))
      } else if (undelivered.fits(opened)) {
        operations.push(undelivered.add(tag, opened), ...known.add(tag))
        own.push(toHex(tag))
      }
      // What can't be kept is not remembered either: it is fetched again when there is room.
    }
    if (operations.length > 0) await this.#options.store.write(operations, { durable: own.length > 0 })
    return own
  }

  /** Hands over what is kept, or these of it. What is rejected stays for the next time; never throws. */
  async deliver(tags?: readonly string[]): Promise<void> {
    await this.#delivering.run(async () => {
      for (const tag of tags ?? this.#options.undelivered.tags) await this.#deliverOne(tag)
    })
  }

  async #deliverOne(tag: string): Promise<void> {
    const { deliver, logger, undelivered } = this.#options
    try {
      const opened = await undelivered.read(tag)
      if (opened !== undefined) await deliver(opened.from, opened.content)
      await undelivered.remove(tag)
    } catch (error) {
      logger.debug({ tag, error: messageOf(error) }, 'what came over a mailbox is of no use yet')
    }
  }
}
