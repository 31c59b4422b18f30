import type { ChannelId, DeviceId } from '../base/ids.ts'
import type { ChannelState } from './channel-state.ts'
import { isDeleted } from './channel-state.ts'
import { ChannelAmbiguousError, ChannelNotFoundError } from './errors.ts'
import { nearestName } from './nearest-name.ts'

/** A channel that is there for people. */
export interface Channel {
  readonly id: ChannelId
  readonly name: string
  /** The name, with the beginning of the id behind it where others bear the same name: unique, and accepted as a name. */
  readonly label: string
  readonly createdBy: DeviceId
  /** Wall time in milliseconds. */
  readonly createdAt: number
}

/** Enough of an id to tell two apart nearly always; grown where it doesn't. */
const SHORT_ID = 4

/** All channels that are shown, by name, then by age. Two that were given one name at the same time both stay. */
export function listedChannels(states: Iterable<readonly [ChannelId, ChannelState]>): readonly Channel[] {
  const shown: Omit<Channel, 'label'>[] = []
  for (const [id, state] of states) {
    if (state.created === undefined || state.name === undefined || isDeleted(state)) continue
    shown.push({ id, name: state.name.value, createdBy: state.created.by, createdAt: state.created.at })
  }
  shown.sort((a, b) => compareText(a.name, b.name) || a.createdAt - b.createdAt || compareText(a.id, b.id))
  const byName = new Map<string, ChannelId[]>()
  for (const { id, name } of shown) {
    const key = folded(name)
    const ids = byName.get(key) ?? []
    byName.set(key, ids)
    ids.push(id)
  }
  return shown.map((channel) => ({ ...channel, label: labelOf(channel, byName.get(folded(channel.name)) ?? []) }))
}

/**
 * The channel that a person means: by id, label or name, with or without a leading #, letter case aside where that
 * is clear.
 * @throws ChannelNotFoundError with the nearest name, ChannelAmbiguousError with the labels to choose from
 */
export function findChannel(channels: readonly Channel[], asked: string): Channel {
  const wanted = asked.trim().normalize('NFC')
  const spellings = wanted.startsWith('#') ? [wanted, wanted.slice(1)] : [wanted]
  for (const spelling of spellings) {
    const exact =
      channels.find(({ id }) => id === spelling) ??
      channels.find(({ label }) => label === spelling) ??
      theOnly(channels, asked, ({ name }) => name === spelling) ??
      theOnly(channels, asked, ({ name }) => folded(name) === folded(spelling))
    if (exact !== undefined) return exact
  }
  const nearest = nearestName(
    spellings.at(-1) ?? wanted,
    channels.map(({ label }) => label),
  )
  throw new ChannelNotFoundError(asked, nearest)
}

function theOnly(
  channels: readonly Channel[],
  asked: string,
  matches: (channel: Channel) => boolean,
): Channel | undefined {
  const found = channels.filter(matches)
  if (found.length > 1) {
    throw new ChannelAmbiguousError(
      asked,
      found.map(({ label }) => label),
    )
  }
  return found[0]
}

function labelOf(channel: Omit<Channel, 'label'>, sameName: readonly ChannelId[]): string {
  const others = sameName.filter((id) => id !== channel.id)
  if (others.length === 0) return channel.name
  let length = SHORT_ID
  while (others.some((id) => id.startsWith(channel.id.slice(0, length)))) length++
  return `${channel.name}~${channel.id.slice(0, length)}`
}

/** What counts as the same name to a person. */
function folded(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
