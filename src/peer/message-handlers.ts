import type { Message } from '../api/contract/index.ts'
import type { DeviceId } from '../base/ids.ts'
import type { MessageView } from '../messaging/index.ts'
import type { Conversation, Conversations } from './conversations.ts'
import type { HandlersFor } from './handlers.ts'

export interface Names {
  /** A machine's name. */
  nameOf(device: DeviceId): string
  /** The name of the person behind a machine. */
  authorOf(device: DeviceId): string
  /** Whether the machine is one of one's own. */
  isMine(device: DeviceId): boolean
}

/** A message as user interfaces show it. */
export function presentMessage(view: MessageView, conversation: Conversation, names: Names): Message {
  const holders = new Set(view.holders)
  return {
    id: view.id,
    channel: view.channel,
    deviceId: view.device,
    author: names.authorOf(view.device),
    text: view.text,
    at: view.at,
    clockOff: view.clockOff,
    editedAt: view.editedAt ?? null,
    replyTo: view.replyTo ?? null,
    reactions: view.reactions.map(({ by, emoji }) => ({
      emoji,
      by: [...new Set(by.map((device) => names.authorOf(device)))],
      mine: by.some((device) => names.isMine(device)),
    })),
    own: names.isMine(view.device),
    copies: view.copies,
    machines: view.machines,
    notOn: conversation
      .devices()
      .filter((device) => !holders.has(device))
      .map((device) => names.nameOf(device))
      .sort(),
    waitingOn: conversation.waitingOn(view.reference).map((device) => names.nameOf(device)),
  }
}

/** The calls on channels and messages. `swarm` throws where this machine is in none. */
export function messageHandlers(
  swarm: () => { readonly conversations: Conversations; readonly membership: Names },
): HandlersFor<'channel' | 'message'> {
  const conversations = (): Conversations => swarm().conversations
  return {
    'channel.create': async ({ name, people }) => await conversations().create(name, people),
    'channel.direct': async ({ people }) => await conversations().direct(people),
    'channel.list': async () => await conversations().list(),
    'channel.rename': async ({ channel, name }) => {
      await conversations().rename(channel, name)
      return undefined
    },
    'channel.delete': async ({ channel }) => {
      await conversations().delete(channel)
      return undefined
    },
    'channel.add': async ({ channel, person }) => {
      await conversations().add(channel, person)
      return undefined
    },
    'channel.remove': async ({ channel, person }) => {
      await conversations().remove(channel, person)
      return undefined
    },
    'channel.leave': async ({ channel }) => {
      await conversations().leave(channel)
      return undefined
    },
    'message.send': async ({ channel, replyTo, text }) => {
      const found = await conversations().ofChannel(channel)
      const { id } = await found.conversation.messages.post(found.channel, text, { replyTo })
      return { id, acknowledged: true }
    },
    'message.read': async ({ before, channel, limit }) => {
      const { membership } = swarm()
      const { channel: id, conversation } = await conversations().ofChannel(channel)
      const page = await conversation.messages.read(id, { limit, before })
      return { ...page, messages: page.messages.map((view) => presentMessage(view, conversation, membership)) }
    },
    'message.edit': async ({ message, text }) => {
      await (await conversations().ofMessage(message)).messages.edit(message, text)
      return undefined
    },
    'message.delete': async ({ message }) => {
      await (await conversations().ofMessage(message)).messages.delete(message)
      return undefined
    },
    'message.react': async ({ emoji, message, on }) => {
      await (await conversations().ofMessage(message)).messages.react(message, { emoji, on })
      return undefined
    },
    'message.markRead': async ({ channel, message }) => {
      const found = await conversations().ofChannel(channel)
      await found.conversation.messages.markRead(found.channel, message)
      return undefined
    },
    'message.typing': async ({ channel }) => {
      const found = await conversations().ofChannel(channel)
      found.conversation.typing.tell(found.channel)
      return undefined
    },
  }
}
