import type { ChannelSummary, Message } from '../../src/api/contract/index.ts'
import { demoId } from './demo-id.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** Everybody's, where one may write. */
export const OPEN_CHANNEL = {
  kind: 'open',
  people: [],
  may: { write: true, add: false, remove: false, leave: false },
} as const

const ALICE = { personId: demoId(1), name: 'Alice' }
const BOB = { personId: demoId(2), name: 'Bob' }
const CAROL = { personId: demoId(4), name: 'Carol' }

/** A channel of three, and a conversation of two. */
export function privateChannels(): ChannelSummary[] {
  const common = { createdAt: Date.now() - DAY, createdBy: demoId(1), lastAt: Date.now() - 9 * MINUTE }
  return [
    {
      ...{ id: 'channel-budget', name: 'budget', kind: 'private', people: [ALICE, BOB, CAROL] },
      ...common,
      may: { write: true, add: true, remove: true, leave: true },
      unread: 0,
    },
    {
      ...{ id: 'channel-bob', name: 'Bob', kind: 'direct', people: [ALICE, BOB] },
      ...common,
      may: { write: true, add: false, remove: false, leave: false },
      unread: 1,
    },
  ]
}

/** To Bob, who is away: the nas keeps it for him. */
export function sealedMessage(): Message {
  return {
    ...{ id: 'sealed', channel: 'channel-bob', deviceId: demoId(1), author: 'Alice', own: true },
    ...{ text: 'Do you have the second key?', at: Date.now() - 9 * MINUTE, clockOff: false, editedAt: null },
    ...{ replyTo: null, reactions: [], copies: 1, machines: 3, notOn: ['bob’s laptop', 'studio-mini'] },
    waitingOn: ['nas'],
  }
}
