import type { BroadcastEvents } from '../api/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import { messageOf } from '../base/errors.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import type { EntryReference } from '../journal/index.ts'
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
  const { clock, events, sessions, swarm } = options
  const { documents, journal, messages } = swarm
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
      look: async (message, { isNew }) => await lookAtMessage(options, copies, message, isNew),
      tellFlood: () => events.emit('messages:reset', {}),
    }),
  )
  const listening = [
    swarm.events.on('members:changed', () => events.emit('members:changed', {})),
    messages.events.on('channels:changed', () => events.emit('channels:changed', {})),
    messages.events.on('message:changed', ({ isNew, message }) => teller.changed(message, { isNew })),
    messages.events.on('message:deleted', ({ channel, message }) =>
      events.emit('message:deleted', { channel, id: message }),
    ),
    journal.events.on('replicas:changed', () => copies.replicasChanged()),
    swarm.typing.on((channel, device) =>
      events.emit('message:typing', { channel, deviceId: device, name: swarm.membership.authorOf(device) }),
    ),
    documents.events.on('documents:changed', () => events.emit('documents:changed', {})),
    sessions.listen(documents),
  ]
  for (const one of listening) disposables.add(one)
  return disposables
}

/** What is given tells of the message as it stands now. */
async function lookAtMessage(
  { events, logger, swarm }: SwarmEventsOptions,
  copies: CopiesWatch<EntryReference>,
  message: string,
  isNew: boolean,
): Promise<() => void> {
  try {
    const view = await swarm.messages.find(message)
    if (view === undefined) return () => undefined
    copies.watch(message, view)
    return () => events.emit('message:changed', { message: presentMessage(view, swarm.membership), isNew })
  } catch (error) {
    logger.warn({ error: messageOf(error) }, 'a message could not be shown')
    return () => undefined
  }
}
