import { useSyncExternalStore } from 'react'

import type { ChannelSummary, Membership } from '../../src/api/contract/index.ts'
import { useWriteBar, writeBar } from '../standing/write-bar.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'

/** Why nobody can be spoken to in private, in a sentence; null where they can. Observers may: roles are the swarm's. */
function speakBar(membership: Membership | null): string | null {
  if (membership === null) return null
  if (membership.role === 'helper') return t.messages.helperMayNot
  return membership.standing === 'active' && membership.personId !== null ? null : writeBar(membership)
}

/** The same for this machine now; drawn again only when it changes. */
export function useSpeakBar(): string | null {
  const { status } = useModel()
  return useSyncExternalStore(status.subscribe, () => speakBar(status.value?.swarm ?? null))
}

/** Why nothing can be written in this channel, in a sentence; null where it can. */
export function useChannelBar({ kind, may }: Pick<ChannelSummary, 'kind' | 'may'>): string | null {
  const write = useWriteBar()
  const speak = useSpeakBar()
  if (kind === 'open') return write
  return speak ?? (may.write ? null : t.messages.mayNotWrite)
}
