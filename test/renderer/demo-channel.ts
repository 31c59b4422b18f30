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

const ERIN = { personId: demoId(41), name: 'Erin' }

/** A channel of three and one that Alice was removed from; conversations with Bob, with two, and with one who is gone. */
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
    {
      ...{ id: 'channel-old', name: 'old-plans', kind: 'private', people: [BOB, CAROL] },
      ...common,
      may: { write: false, add: false, remove: false, leave: false },
      unread: 0,
    },
    {
      ...{ id: 'channel-group', name: 'Bob, Carol', kind: 'direct', people: [ALICE, BOB, CAROL] },
      ...common,
      may: { write: true, add: false, remove: false, leave: false },
      unread: 0,
    },
    {
      ...{ id: 'channel-erin', name: 'Erin', kind: 'direct', people: [ALICE, ERIN] },
      ...common,
      may: { write: true, add: false, remove: false, leave: false },
      unread: 0,
    },
  ]
}

/** What Alice said in private: to Bob, who is away, so that the nas keeps it for him; and before she was removed. */
export function privateMessages(): Message[] {
  const sealed = sealedMessage()
  return [
    {
      ...sealed,
      id: 'from-bob',
      deviceId: demoId(2),
      author: 'Bob',
      own: false,
      text: 'I lock up today.',
      ...EVERYWHERE,
    },
    { ...sealed, id: 'from-mini', deviceId: demoId(5), text: 'Good. I am at the mini already.', ...EVERYWHERE },
    sealed,
    { ...sealed, id: 'old', channel: 'channel-old', text: 'The old plans are in the drawer.', ...EVERYWHERE },
  ]
}

const EVERYWHERE = { at: Date.now() - 30 * MINUTE, copies: 3, notOn: [], waitingOn: [] }

function sealedMessage(): Message {
  return {
    ...{ id: 'sealed', channel: 'channel-bob', deviceId: demoId(1), author: 'Alice', own: true },
    ...{ text: 'Do you have the second key?', at: Date.now() - 9 * MINUTE, clockOff: false, editedAt: null },
    ...{ replyTo: null, reactions: [], copies: 1, machines: 3, notOn: ['bob’s laptop', 'studio-mini'] },
    waitingOn: ['nas'],
  }
}
