import type { ChannelSummary } from '../../src/api/contract/index.ts'

/** '#general' for a channel, the others' names for a direct conversation. */
export function channelLabel({ kind, name }: Pick<ChannelSummary, 'kind' | 'name'>): string {
  return kind === 'direct' ? name : `#${name}`
}
