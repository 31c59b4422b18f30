import type { Message } from '../../src/api/contract/index.ts'
import { dayKey } from '../format/times.ts'

/** Pure: how a run of messages is shown: day by day, neighbours of one author together. */

export type LogItem =
  | { readonly kind: 'day'; readonly key: string; readonly at: number }
  | { readonly kind: 'new'; readonly key: 'new' }
  | { readonly kind: 'group'; readonly key: string; readonly messages: readonly Message[] }

/** After such a pause the same author gets a heading again. */
const PAUSE_MS = 5 * 60_000

/** @param personOf whose machine it is: people write on several */
export function itemsOf(
  messages: readonly Message[],
  firstUnread: string | null,
  personOf: (deviceId: string) => string,
): readonly LogItem[] {
  const belongs = (before: Message, message: Message): boolean =>
    personOf(before.deviceId) === personOf(message.deviceId) &&
    Math.abs(message.at - before.at) < PAUSE_MS &&
    message.replyTo === null
  const items: LogItem[] = []
  let group: Message[] = []
  let before: Message | null = null
  const close = (): void => {
    const first = group[0]
    if (first !== undefined) items.push({ kind: 'group', key: first.id, messages: group })
    group = []
  }
  for (const message of messages) {
    if (before === null || dayKey(message.at) !== dayKey(before.at)) {
      close()
      items.push({ kind: 'day', key: `day-${message.id}`, at: message.at })
    }
    if (message.id === firstUnread) {
      close()
      items.push({ kind: 'new', key: 'new' })
    }
    if (group.length > 0 && before !== null && !belongs(before, message)) close()
    group.push(message)
    before = message
  }
  close()
  return items
}

/** The first of the newest `unread` messages that somebody else wrote; null where all are read. */
export function firstUnreadOf(messages: readonly Message[], unread: number): string | null {
  let left = unread
  let first: string | null = null
  for (let at = messages.length - 1; at >= 0 && left > 0; at--) {
    const message = messages[at]
    if (message === undefined || message.own) continue
    first = message.id
    left--
  }
  return first
}
