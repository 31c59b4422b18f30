import type { BroadcastEvents } from '../api/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import { messageOf } from '../base/errors.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import type { EntryReference, Journal } from '../journal/index.ts'
import type { Conversation } from './conversations.ts'
import { CopiesWatch } from './copies-watch.ts'
import type { DocumentSessions } from './document-sessions.ts'
import { presentMessage } from './message-handlers.ts'
import { MessageTeller } from './message-teller.ts'
import type { Swarm } from './swarm.ts'

export interface SwarmEventsOptions {
  readonly swarm: Swarm
  readonly events: Emitter<BroadcastEvents>
  readonly sessions: DocumentSessions
  readonly clock: Clock
  readonly logger: Logger
}

/** Tells whoever is connected to this peer what happens in its swarm, until it is disposed. */
export function tellEvents(options: SwarmEventsOptions): Disposable {
  const { events, sessions, swarm } = options
  const { conversations, documents, journal, spaces } = swarm
  const disposables = new DisposableStore()
  const listening = [
    swarm.events.on('members:changed', () => events.emit('members:changed', {})),
    documents.events.on('documents:changed', () => events.emit('documents:changed', {})),
    sessions.listen(documents),
    spaces.events.on('space:opened', ({ space }) => {
      disposables.add(tellConversation(options, conversations.of(space), space.journal))
      events.emit('channels:changed', {})
    }),
  ]
  for (const one of listening) disposables.add(one)
  for (const conversation of conversations.all) {
    disposables.add(tellConversation(options, conversation, conversation.private?.journal ?? journal))
  }
  return disposables
}

function tellConversation(options: SwarmEventsOptions, conversation: Conversation, journal: Journal): Disposable {
  const { clock, events, swarm } = options
  const { messages, typing } = conversation
  const disposables = new DisposableStore()
  const copies = disposables.add(
    new CopiesWatch<EntryReference>({
      clock,
      count: (reference) => messages.copies(reference),
      tell: (message) => teller.changed(message, { isNew: false }),
    }),
  )
  const teller = disposables.add(
    new MessageTeller({
      clock,
      look: async (message, { isNew }) => await lookAtMessage(options, conversation, copies, { message, isNew }),
      tellFlood: () => events.emit('messages:reset', {}),
    }),
  )
  const listening = [
    messages.events.on('channels:changed', () => events.emit('channels:changed', {})),
    messages.events.on('message:changed', ({ isNew, message }) => teller.changed(message, { isNew })),
    messages.events.on('message:deleted', ({ channel, message }) =>
      events.emit('message:deleted', { channel, id: message }),
    ),
    messages.events.on('messages:rebuilt', () => events.emit('messages:reset', {})),
    journal.events.on('replicas:changed', () => copies.replicasChanged()),
    swarm.spaces.events.on('waiting:changed', () => copies.waitingChanged()),
    typing.on((channel, device) =>
      events.emit('message:typing', { channel, deviceId: device, name: swarm.membership.authorOf(device) }),
    ),
  ]
  for (const one of listening) disposables.add(one)
  return disposables
}

/** What is given tells of the message as it stands now. */
async function lookAtMessage(
  { events, logger, swarm }: SwarmEventsOptions,
  conversation: Conversation,
  copies: CopiesWatch<EntryReference>,
  { isNew, message }: { readonly message: string; readonly isNew: boolean },
): Promise<() => void> {
  try {
    const view = await conversation.messages.find(message)
    if (view === undefined) return () => undefined
    copies.watch(message, view)
    return () => {
      events.emit('message:changed', { message: presentMessage(view, conversation, swarm.membership), isNew })
    }
  } catch (error) {
    logger.warn({ error: messageOf(error) }, 'a message could not be shown')
    return () => undefined
  }
}
