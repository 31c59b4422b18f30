import type { Message } from '../../src/api/contract/index.ts'

/** Pure: how a list of messages changes. Order is the peer's; what is new goes to the end, what changed stays in its place. */

/** Bounded, so that a channel left open for weeks does not grow; older ones are read again on scrolling up. */
export const MAX_LOADED = 400

export function withChanged(messages: readonly Message[], message: Message, isNew: boolean): readonly Message[] {
  const index = messages.findIndex((known) => known.id === message.id)
  if (index >= 0) return messages.with(index, message)
  return isNew ? [...messages, message] : messages
}

export function withOlder(messages: readonly Message[], older: readonly Message[]): readonly Message[] {
  const known = new Set(messages.map((message) => message.id))
  return [...older.filter((message) => !known.has(message.id)), ...messages]
}

/** The newest page read again: replaces what it covers and keeps older ones, unless there is a gap between. */
export function withNewestPage(messages: readonly Message[], page: readonly Message[]): readonly Message[] {
  const first = page[0]
  if (first === undefined) return page
  const index = messages.findIndex((known) => known.id === first.id)
  return index < 0 ? page : [...messages.slice(0, index), ...page]
}

export function trimmed(messages: readonly Message[]): {
  readonly messages: readonly Message[]
  readonly cut: boolean
} {
  if (messages.length <= MAX_LOADED) return { messages, cut: false }
  return { messages: messages.slice(-MAX_LOADED), cut: true }
}
