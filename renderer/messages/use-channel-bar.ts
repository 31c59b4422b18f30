import type { ChannelSummary } from '../../src/api/contract/index.ts'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'

/** Why nothing can be written in this channel, in a sentence; null where it can. */
export function useChannelBar(channel: ChannelSummary): string | null {
  const bar = useWriteBar()
  if (bar !== null) return bar
  return channel.may.write ? null : t.messages.mayNotWrite
}
