import type { ChannelSummary } from '../../src/api/contract/index.ts'

/** '#general' for a channel, the others' names for a direct conversation. */
export function channelLabel({ kind, name }: Pick<ChannelSummary, 'kind' | 'name'>): string {
  return kind === 'direct' ? name : `#${name}`
}

/** The other one of a conversation of two; oneself stands first. */
export function partnerOf({
  kind,
  people,
}: Pick<ChannelSummary, 'kind' | 'people'>): ChannelSummary['people'][number] | undefined {
  return kind === 'direct' && people.length === 2 ? people[1] : undefined
}
