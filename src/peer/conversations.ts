import type { ChannelSummary } from '../api/contract/index.ts'
import type { DeviceId } from '../base/ids.ts'
import type { EntryReference } from '../journal/index.ts'
import type { Channel, ChannelView, Messages } from '../messaging/index.ts'
import { findChannel } from '../messaging/index.ts'
import type { Membership, RosterState } from './membership/index.ts'
import { findPerson, NotAllowedError } from './membership/index.ts'
import type { PrivateSpace, Spaces } from './spaces/index.ts'
import type { Typing } from './typing.ts'

/** Enough of an id to tell two apart nearly always. */
const SHORT_ID = 6
/** What a channel's id looks like. */
const ID = /^[A-Za-z0-9_-]{22}$/

/** Where messages are written and read: the swarm's open channels, or one private space. */
export interface Conversation {
  readonly messages: Messages
  readonly typing: Typing
  /** The machines that are to have its messages. */
  devices(): readonly DeviceId[]
  /** Machines that keep an entry for those who were not there. */
  waitingOn(reference: EntryReference): readonly DeviceId[]
  readonly private: PrivateSpace | undefined
}

export interface ConversationsOptions {
  readonly messages: Messages
  readonly typing: Typing
  readonly membership: Membership
  readonly roster: RosterState
  readonly spaces: Spaces
  readonly waitingOn: (space: PrivateSpace, reference: EntryReference) => readonly DeviceId[]
}

/** All conversations of this machine's person as one: channels are found by id or name wherever they are. */
export class Conversations {
  readonly #options: ConversationsOptions
  readonly #open: Conversation
  readonly #private = new WeakMap<PrivateSpace, Conversation>()

  constructor(options: ConversationsOptions) {
    this.#options = options
    const { membership, messages, typing } = options
    this.#open = {
      messages,
      typing,
      devices: () => membership.devices(),
      waitingOn: () => [],
      private: undefined,
    }
  }

  get all(): readonly Conversation[] {
    return [this.#open, ...this.#options.spaces.all.map((space) => this.of(space))]
  }

  of(space: PrivateSpace): Conversation {
    const known = this.#private.get(space)
    if (known !== undefined) return known
    const conversation: Conversation = {
      messages: space.messages,
      typing: space.typing,
      devices: () => space.state.devices(),
      waitingOn: (reference) => this.#options.waitingOn(space, reference),
      private: space,
    }
    this.#private.set(space, conversation)
    return conversation
  }

  async list(): Promise<readonly ChannelSummary[]> {
    const listed = await Promise.all(
      this.all.map(async (conversation) => {
        const views = await conversation.messages.listChannels()
        return views.flatMap((view) => this.#present(conversation, view) ?? [])
      }),
    )
    return listed.flat()
  }

  /**
   * @param asked an id, a name, or `@` and the names of people with commas between
   * @throws ChannelNotFoundError, ChannelAmbiguousError
   */
  async ofChannel(asked: string): Promise<{ readonly conversation: Conversation; readonly channel: string }> {
    for (const space of this.#options.spaces.all) {
      if (space.channel === asked) return { conversation: this.of(space), channel: asked }
    }
    // As programs ask, for each message: one look-up, however many channels there are.
    if (ID.test(asked)) return { conversation: this.#open, channel: asked }
    const shown = this.#options.spaces.all.filter((space) => this.#isShown(space))
    const known = [...(await this.#open.messages.channels()), ...shown.map((space) => this.#named(space, shown))]
    const found = findChannel(known, asked.startsWith('@') ? peopleLabel(asked.slice(1).split(',')) : asked)
    const space = shown.find(({ channel }) => channel === found.id)
    return { conversation: space === undefined ? this.#open : this.of(space), channel: found.id }
  }

  async ofMessage(message: string): Promise<Conversation> {
    for (const conversation of this.all) {
      if ((await conversation.messages.find(message)) !== undefined) return conversation
    }
    return this.#open
  }

  async create(name: string, people: readonly string[] | undefined): Promise<{ readonly id: string }> {
    if (people === undefined) return await this.#open.messages.createChannel(name)
    const space = await this.#options.spaces.channel(name, this.#peopleOf(people))
    return { id: space.channel }
  }

  async direct(people: readonly string[]): Promise<{ readonly id: string }> {
    return { id: (await this.#options.spaces.direct(this.#peopleOf(people))).channel }
  }

  async rename(asked: string, name: string): Promise<void> {
    const { channel, conversation } = await this.ofChannel(asked)
    if (conversation.private === undefined) await conversation.messages.renameChannel(channel, name)
    else await this.#channelOf(conversation.private, 'renamed').write({ kind: 'space.rename', name })
  }

  async delete(asked: string): Promise<void> {
    const { channel, conversation } = await this.ofChannel(asked)
    if (conversation.private !== undefined) {
      throw new NotAllowedError('what was said in private is not deleted for the others: leave the channel instead')
    }
    await conversation.messages.deleteChannel(channel)
  }

  async add(asked: string, person: string): Promise<void> {
    const space = this.#channelOf((await this.ofChannel(asked)).conversation.private, 'joined by others')
    const [found] = this.#peopleOf([person])
    if (found !== undefined) await space.write({ kind: 'space.add', person: found })
  }

  async remove(asked: string, person: string): Promise<void> {
    const space = this.#channelOf((await this.ofChannel(asked)).conversation.private, 'parted from')
    const { founder } = space.state.current ?? {}
    if (founder !== this.#own?.person) throw new NotAllowedError('only who made the channel removes others from it')
    const found = findPerson(this.#options.roster.current, person)
    if (found.person === founder) throw new NotAllowedError('to go yourself, leave the channel')
    await space.write({ kind: 'space.remove', person: found.person, cuts: space.cutsOf(found.devices) })
  }

  async leave(asked: string): Promise<void> {
    const space = this.#channelOf((await this.ofChannel(asked)).conversation.private, 'left')
    const devices = this.#own === undefined ? [] : this.#options.roster.current.people.get(this.#own.person)?.devices
    await space.write({ kind: 'space.leave', cuts: space.cutsOf(devices ?? []) })
  }

  get #own() {
    return this.#options.roster.self
  }

  #peopleOf(texts: readonly string[]): readonly DeviceId[] {
    return texts.map((text) => findPerson(this.#options.roster.current, text).person)
  }

  /** Only private channels change; what is said of people in a direct conversation never does. */
  #channelOf(space: PrivateSpace | undefined, what: string): PrivateSpace {
    if (space?.state.current?.type !== 'channel') throw new NotAllowedError(`only private channels can be ${what}`)
    return space
  }

  #isShown({ state }: PrivateSpace): boolean {
    const person = this.#own?.person
    const space = state.current
    return space !== undefined && person !== undefined && space.everybody.has(person) && !space.left.has(person)
  }

  /** As people call it; with the beginning of its id behind where another one is called the same. */
  #named(space: PrivateSpace, among: readonly PrivateSpace[]): Channel {
    const name = this.#nameOf(space)
    const plain = space.state.current?.type === 'channel' ? name : peopleLabel(name.split(','))
    const isTwin = among.some((other) => other !== space && this.#nameOf(other) === name)
    const { channel: id, state } = space
    const label = isTwin ? `${plain}~${id.slice(0, SHORT_ID)}` : plain
    return { id, name, label, createdAt: state.foundedAt, createdBy: state.current?.founder ?? ('' as DeviceId) }
  }

  #nameOf({ state }: PrivateSpace): string {
    const space = state.current
    if (space === undefined || space.type === 'channel') return space?.name ?? ''
    const { people } = this.#options.roster.current
    const others = [...space.people].filter((person) => person !== this.#own?.person)
    return others
      .map((person) => people.get(person)?.name ?? person.slice(-6))
      .sort()
      .join(', ')
  }

  #present(conversation: Conversation, view: ChannelView): ChannelSummary | undefined {
    const { createdAt, createdBy, id, label, lastAt, unread } = view
    const { roster } = this.#options
    const shared = { id, createdAt, createdBy, unread, lastAt }
    const { private: space } = conversation
    if (space === undefined) {
      const write = roster.mayWrite() === undefined
      return {
        ...shared,
        name: label,
        kind: 'open',
        people: [],
        may: { write, add: false, remove: false, leave: false },
      }
    }
    const { current } = space.state
    const own = this.#own?.person
    if (current === undefined || own === undefined || !this.#isShown(space)) return undefined
    const isIn = current.people.has(own) && space.state.mayWrite() === undefined
    const isChannel = current.type === 'channel'
    const { people } = roster.current
    return {
      ...shared,
      name: this.#nameOf(space),
      kind: isChannel ? 'private' : 'direct',
      people: [...current.people]
        .map((person) => ({ personId: person, name: people.get(person)?.name ?? person.slice(-6) }))
        .sort((a, b) => Number(b.personId === own) - Number(a.personId === own) || a.name.localeCompare(b.name)),
      may: {
        write: isIn,
        add: isIn && isChannel,
        remove: isIn && isChannel && current.founder === own,
        leave: isIn && isChannel,
      },
    }
  }
}

/** How a direct conversation is named where one types: "@bob,carol". */
function peopleLabel(names: readonly string[]): string {
  return `@${names
    .map((name) => name.trim())
    .sort()
    .join(',')}`
}
