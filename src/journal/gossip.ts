import { toHex, utf8, concatBytes, EMPTY_BYTES } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Logger } from '../base/log.ts'
import { messageOf } from '../base/errors.ts'
import { sha256 } from '../base/hash.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { SpaceNetwork } from '../network/network.ts'
import { MissingBlobsError } from './errors.ts'
import type { FrontierItem } from './frontier.ts'
import { EMPTY_RUN, fits, isCarried, longer } from './gossip-run.ts'
import { newerVersionOf, openHeader } from './header.ts'
import { journalName } from './line.ts'
import type { LocalJournal } from './local-journal.ts'
import type { GossipedEntry } from './protocol.ts'
import { decodeGossip, encodeGossip } from './protocol.ts'

/** Messages that wait to be handed on; beyond it the oldest are left to anti-entropy. */
const MAX_OUTBOX = 4096
/** Messages that wait to be taken in; beyond it they are left to anti-entropy. */
const MAX_INBOX = 4096

export interface GossipOptions {
  readonly journal: LocalJournal
  readonly network: SpaceNetwork
  readonly logger: Logger
  /** Entries exist that can't be taken in yet: something is missing before them. `from` has them, most likely. */
  readonly onGap: (items: readonly FrontierItem[], from: DeviceId) => void
}

/** The topic does not tell strangers which space it is of. */
export function journalTopic(space: Uint8Array): string {
  return `/murmuration/journal/1/${toHex(sha256(concatBytes(utf8('murmuration journal topic\n'), space))).slice(0, 32)}`
}

/** The fast path: own entries go to whoever is here at once. What it loses, anti-entropy brings. */
export class Gossip {
  readonly #options: GossipOptions
  readonly #topic: string
  readonly #disposables = new DisposableStore()
  #outbox: { readonly name: string; readonly entry: GossipedEntry }[] = []
  #inbox: { readonly data: Uint8Array; readonly from: DeviceId }[] = []
  #publishing = false
  #receiving = false

  constructor(options: GossipOptions) {
    this.#options = options
    this.#topic = journalTopic(options.journal.spaceBytes)
  }

  start(): void {
    const { journal, network } = this.#options
    this.#disposables.add(network.subscribe(this.#topic, (data, from) => this.#onMessage(data, from)))
    this.#disposables.add(
      journal.events.on('own:written', ({ entries, journal: address }) => {
        const name = journalName(address)
        for (const entry of entries) this.#outbox.push({ name, entry })
        if (this.#outbox.length > MAX_OUTBOX) this.#outbox = this.#outbox.slice(-MAX_OUTBOX)
        if (!this.#publishing) void this.#publish()
      }),
    )
  }

  stop(): void {
    this.#disposables.dispose()
  }

  /** Entries that pile up while one message is on its way go into the next together. */
  async #publish(): Promise<void> {
    const { logger, network } = this.#options
    this.#publishing = true
    try {
      while (this.#outbox.length > 0 && !this.#disposables.disposed) {
        await network.publish(this.#topic, encodeGossip(this.#nextMessage()))
      }
    } catch (error) {
      logger.debug({ error: messageOf(error) }, 'gossip could not be sent; anti-entropy will bring it')
    } finally {
      this.#publishing = false
    }
  }

  #nextMessage(): readonly GossipedEntry[] {
    const message: GossipedEntry[] = []
    const name = this.#outbox[0]?.name
    let run = EMPTY_RUN
    let signed = 0
    for (const { entry, name: next } of this.#outbox) {
      run = longer(run, { bytes: entry.header }, entry.body)
      if (next !== name || !fits(run)) break
      message.push({ ...entry, body: isCarried(entry.body) ? entry.body : undefined })
      if (entry.signature !== undefined) signed = message.length
    }
    // The author signs the end of each run that fits: only where the outbox had to be cut is there none.
    const length = signed === 0 ? message.length : signed
    this.#outbox.splice(0, length)
    return message.slice(0, length)
  }

  #onMessage(data: Uint8Array, from: DeviceId): void {
    if (this.#inbox.length >= MAX_INBOX) return
    this.#inbox.push({ data, from })
    if (!this.#receiving) void this.#receive()
  }

  async #receive(): Promise<void> {
    this.#receiving = true
    for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift()) {
      try {
        await this.#takeIn(decodeGossip(message.data), message.from)
      } catch (error) {
        this.#options.logger.debug({ error: messageOf(error), from: message.from }, 'gossip was not taken in')
      }
    }
    this.#receiving = false
  }

  async #takeIn(entries: readonly GossipedEntry[], from: DeviceId): Promise<void> {
    const last = entries.at(-1)
    if (last === undefined) return
    const { journal, onGap } = this.#options
    if (newerVersionOf(last.header) !== undefined) {
      journal.events.emit('version:newer', {})
      return
    }
    const { journal: address, sequence, hash } = openHeader(last.header)
    const held = journal.lines.named(journalName(address))
    if (held.some((line) => line.recent.get(sequence) !== undefined && line.head.sequence >= sequence)) return
    const head: FrontierItem = { journal: address, sequence, hash }
    // What would not be kept is not worth checking a signature.
    if (journal.refusal(address, sequence) !== undefined) {
      onGap([head], from)
      return
    }
    const complete = entries.every((entry) => entry.body !== undefined)
    if (!complete || journal.isOwnCurrent(address)) {
      onGap([head], from)
      return
    }
    try {
      const outcome = await journal.receive(
        entries.map(({ header, signature, body }) => ({
          type: 'entry',
          entry: { header, signature, body: body ?? EMPTY_BYTES },
        })),
      )
      if (outcome.type === 'stored') await journal.applySoon()
      else if (outcome.type !== 'known') onGap([head], from)
    } catch (error) {
      if (!(error instanceof MissingBlobsError)) throw error
      onGap([head], from)
    }
  }
}
