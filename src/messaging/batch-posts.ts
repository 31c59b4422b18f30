import { fromBase64url, toBase64url } from '../base/bytes.ts'
import type { ChannelId, DeviceId, MessageId } from '../base/ids.ts'
import type { Transaction } from '../store/transaction.ts'
import type { BodyOf } from './bodies.ts'
import { isLater } from './channel-state.ts'
import type { Tally } from './records.ts'
import * as records from './records.ts'
import type { Statement, Want } from './statement.ts'
import { isClockOff } from './statement.ts'

type PostBody = BodyOf<'message.post'>

/** A channel that the batch has messages of. */
interface Posted {
  readonly prefix: Uint8Array
  tally: Tally | undefined
  /** Order of each author's latest message. */
  readonly latest: Map<DeviceId, Uint8Array | undefined>
}

interface JournalName {
  readonly incarnation: string
  readonly branch: string | undefined
  readonly name: Uint8Array
}

/**
 * The messages that a batch brings. Whether one is a double, written anew by its author, is asked of the store only
 * where it is not later than all that its author wrote in the channel: so catching up in order asks nothing.
 */
export class BatchPosts {
  readonly #channels = new Map<ChannelId, Posted>()
  /** Doubles. */
  readonly #known = new Set<MessageId>()
  /** The journal that each device's last entry was in: nearly always the next one's, too. */
  readonly #journalNames = new Map<DeviceId, JournalName>()

  load({ entry }: Statement, body: PostBody, want: Want): void {
    let posted = this.#channels.get(body.channel)
    if (posted === undefined) {
      const fresh: Posted = { prefix: fromBase64url(body.channel), tally: undefined, latest: new Map() }
      this.#channels.set(body.channel, fresh)
      want(records.tallyKey(body.channel), (value) => {
        if (value !== undefined) fresh.tally = records.decodeTally(value)
      })
      posted = fresh
    }
    const { latest } = posted
    if (latest.has(entry.device)) return
    latest.set(entry.device, undefined)
    want(records.latestKey(body.channel, entry.device), (value) => latest.set(entry.device, value))
  }

  /** Once `load` is done, in the order in which they will be added: asks for what may be a double. */
  loadDoubtful({ entry, id, order }: Statement, body: PostBody, want: Want): void {
    const latest = this.#channels.get(body.channel)?.latest
    if (isLater(order, latest?.get(entry.device))) latest?.set(entry.device, order)
    else {
      want(records.indexKeyOf(id), (value) => {
        if (value !== undefined) this.#known.add(toBase64url(id) as MessageId)
      })
    }
  }

  /**
   * Writes the message. Returns its place where it is new; a double replaces where the message is found in the
   * journals, and nothing else.
   * @param now this machine's wall time
   */
  add(
    { entry, id, order }: Statement,
    body: PostBody,
    name: MessageId,
    now: number,
    transaction: Transaction,
  ): Uint8Array | undefined {
    const posted = this.#channels.get(body.channel)
    if (posted === undefined) return undefined
    const place = records.placeOf(posted.prefix, order)
    const value = records.encodeMessage(entry, this.#journalNameOf(entry), { clockOff: isClockOff(body, now) })
    transaction.put(records.messageKeyAt(place), value)
    if (this.#known.has(name)) return undefined
    this.#known.add(name)
    transaction.put(records.indexKeyOf(id), place)
    const { tally } = posted
    const isLast = isLater(order, tally?.lastOrder)
    posted.tally = {
      messages: (tally?.messages ?? 0) + 1,
      lastOrder: isLast || tally === undefined ? order : tally.lastOrder,
      lastAt: isLast || tally === undefined ? body.at : tally.lastAt,
    }
    return place
  }

  #journalNameOf(entry: Statement['entry']): Uint8Array {
    const { incarnation, branch } = entry.journal
    const last = this.#journalNames.get(entry.device)
    if (last !== undefined && last.incarnation === incarnation && last.branch === branch) return last.name
    const name = records.journalName(entry)
    this.#journalNames.set(entry.device, { incarnation, branch, name })
    return name
  }

  write(transaction: Transaction): void {
    for (const [channel, { tally, latest }] of this.#channels) {
      if (tally !== undefined) transaction.put(records.tallyKey(channel), records.encodeTally(tally))
      for (const [device, order] of latest) {
        if (order !== undefined) transaction.put(records.latestKey(channel, device), order)
      }
    }
  }
}
