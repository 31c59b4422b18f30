import type { ChannelSummary, Message } from '../api/contract/index.ts'
import type { DeviceId } from '../base/ids.ts'
import type { ChannelView, Messages, MessageView } from '../messaging/index.ts'

export interface Names {
  nameOf(device: DeviceId): string
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
    author: names.nameOf(view.device),
    text: view.text,
    at: view.at,
    clockOff: view.clockOff,
    editedAt: view.editedAt ?? null,
    replyTo: view.replyTo ?? null,
    reactions: view.reactions.map(({ by, emoji }) => ({ emoji, by: by.map((device) => names.nameOf(device)) })),
    own: view.own,
    copies: view.copies,
    machines: view.machines,
    notOn: names
      .devices()
      .filter((device) => !holders.has(device))
      .map((device) => names.nameOf(device)),
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

/** The calls on channels and messages. */
export function messageHandlers(messages: Messages, names: Names) {
  return {
    'channel.create': async ({ name }: { name: string }) => await messages.createChannel(name),
    'channel.list': async () => (await messages.listChannels()).map(presentChannel),
    'channel.rename': async ({ channel, name }: { channel: string; name: string }) => {
      await messages.renameChannel(channel, name)
    },
    'channel.delete': async ({ channel }: { channel: string }) => {
      await messages.deleteChannel(channel)
    },
    'message.send': async ({ channel, replyTo, text }: { channel: string; text: string; replyTo?: string | undefined }) => {
      const { id } = await messages.post(channel, text, { replyTo })
      return { id, acknowledged: true as const }
    },
    'message.read': async (options: { channel: string; limit?: number | undefined; before?: string | undefined }) => {
      const page = await messages.read(options.channel, { limit: options.limit, before: options.before })
      return {
        channel: page.channel,
        messages: page.messages.map((view) => presentMessage(view, names)),
        more: page.more,
      }
    },
    'message.edit': async ({ message, text }: { message: string; text: string }) => {
      await messages.edit(message, text)
    },
    'message.delete': async ({ message }: { message: string }) => {
      await messages.delete(message)
    },
    'message.react': async ({ emoji, message, on }: { message: string; emoji: string; on: boolean }) => {
      await messages.react(message, { emoji, on })
    },
    'message.markRead': async ({ channel, message }: { channel: string; message: string }) => {
      await messages.markRead(channel, message)
    },
  }
}
