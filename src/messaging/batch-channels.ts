import { toBase64url } from '../base/bytes.ts'
import type { ChannelId } from '../base/ids.ts'
import type { Transaction } from '../store/transaction.ts'
import type { BodyOf } from './bodies.ts'
import type { ChannelState } from './channel-state.ts'
import { decodeChannel, encodeChannel, reduceChannel } from './channel-state.ts'
import { channelKey } from './records.ts'
import type { Statement, Want } from './statement.ts'

export type ChannelBody = BodyOf<'channel.create' | 'channel.rename' | 'channel.delete'>

/** The channels that a batch makes, names or deletes. */
export class BatchChannels {
  readonly #states = new Map<ChannelId, ChannelState>()
  readonly #changed = new Set<ChannelId>()

  load(body: ChannelBody, id: Uint8Array, want: Want): void {
    const channel = channelOf(body, id)
    if (this.#states.has(channel)) return
    this.#states.set(channel, {})
    want(channelKey(channel), (value) => this.#states.set(channel, decodeChannel(value)))
  }

  add({ entry, id, order }: Statement, body: ChannelBody): void {
    const channel = channelOf(body, id)
    const before = this.#states.get(channel) ?? {}
    const after = reduceChannel(before, body, order, entry.device)
    if (after === before) return
    this.#states.set(channel, after)
    this.#changed.add(channel)
  }

  get changed(): boolean {
    return this.#changed.size > 0
  }

  write(transaction: Transaction): void {
    for (const channel of this.#changed) {
      transaction.put(channelKey(channel), encodeChannel(this.#states.get(channel) ?? {}))
    }
  }
}

function channelOf(body: ChannelBody, id: Uint8Array): ChannelId {
  return body.kind === 'channel.create' ? (toBase64url(id) as ChannelId) : body.channel
}
