import type { ChannelSummary, Message } from '../api/contract/index.ts'
import type { DeviceId } from '../base/ids.ts'
import type { ChannelView, Messages, MessageView } from '../messaging/index.ts'
import type { HandlersFor } from './handlers.ts'
import type { Typing } from './typing.ts'

export interface Names {
  /** A machine's name. */
  nameOf(device: DeviceId): string
  /** The name of the person behind a machine. */
  authorOf(device: DeviceId): string
  /** Whether the machine is one of one's own. */
  isMine(device: DeviceId): boolean
  /** Every machine of the swarm. */
  devices(): readonly DeviceId[]
}

/** A message as user interfaces show it. */
export function presentMessage(view: MessageView, names: Names): Message {
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
    own: view.own,
    copies: view.copies,
    machines: view.machines,
    notOn: names
      .devices()
      .filter((device) => !holders.has(device))
      .map((device) => names.nameOf(device))
      .sort(),
  }
}

export function presentChannel(view: ChannelView): ChannelSummary {
  return {
    id: view.id,
    name: view.label,
    createdAt: view.createdAt,
    createdBy: view.createdBy,
    unread: view.unread,
    lastAt: view.lastAt,
  }
}

/** The calls on channels and messages. `swarm` throws where this machine is in none. */
export function messageHandlers(
  swarm: () => { readonly messages: Messages; readonly typing: Typing; readonly membership: Names },
): HandlersFor<'channel' | 'message'> {
  const messages = (): Messages => swarm().messages
  return {
    'channel.create': async ({ name }) => await messages().createChannel(name),
    'channel.list': async () => (await messages().listChannels()).map(presentChannel),
    'channel.rename': async ({ channel, name }) => {
      await messages().renameChannel(channel, name)
      return undefined
    },
    'channel.delete': async ({ channel }) => {
      await messages().deleteChannel(channel)
      return undefined
    },
    'message.send': async ({ channel, replyTo, text }) => {
      const { id } = await messages().post(channel, text, { replyTo })
      return { id, acknowledged: true }
    },
    'message.read': async ({ before, channel, limit }) => {
      const { membership } = swarm()
      const page = await messages().read(channel, { limit, before })
      return { ...page, messages: page.messages.map((view) => presentMessage(view, membership)) }
    },
    'message.edit': async ({ message, text }) => {
      await messages().edit(message, text)
      return undefined
    },
    'message.delete': async ({ message }) => {
      await messages().delete(message)
      return undefined
    },
    'message.react': async ({ emoji, message, on }) => {
      await messages().react(message, { emoji, on })
      return undefined
    },
    'message.markRead': async ({ channel, message }) => {
      await messages().markRead(channel, message)
      return undefined
    },
    'message.typing': async ({ channel }) => {
      swarm().typing.tell(channel)
      return undefined
    },
  }
}
