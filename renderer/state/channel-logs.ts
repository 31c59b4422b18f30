import { ChannelLog } from './channel-log.ts'
import type { Drafts } from './drafts.ts'
import type { PeerCalls } from './peer-calls.ts'

/** Channels whose messages are kept loaded; the one longest not looked at goes first, unless something waits there. */
const MAX_LOGS = 12

export class ChannelLogs {
  readonly #peer: PeerCalls
  readonly #logs = new Map<string, ChannelLog>()

  constructor(peer: PeerCalls) {
    this.#peer = peer
  }

  get(channel: string): ChannelLog {
    const known = this.#logs.get(channel)
    if (known !== undefined) {
      this.#logs.delete(channel)
      this.#logs.set(channel, known)
      return known
    }
    const log = new ChannelLog(this.#peer, channel)
    this.#logs.set(channel, log)
    this.#evict()
    return log
  }

  /** What was written and not sent is a draft again, for the page is being left. */
  keepUnsent(drafts: Drafts): void {
    for (const [channel, log] of this.#logs) {
      const unsent = log.pending.value
        .filter((message) => message.state.kind !== 'saving')
        .map((message) => message.text)
      if (unsent.length > 0) drafts.set(channel, [...unsent, drafts.get(channel)].join('\n\n').trim())
    }
    drafts.save()
  }

  #evict(): void {
    for (const [channel, log] of this.#logs) {
      if (this.#logs.size <= MAX_LOGS) return
      if (log.pending.value.length > 0) continue
      this.#logs.delete(channel)
      log.dispose()
    }
  }
}
