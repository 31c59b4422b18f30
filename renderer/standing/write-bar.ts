import type { Membership } from '../../src/api/contract/index.ts'
import { useSyncExternalStore } from 'react'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'

/** Why nothing can be written here, in a sentence; null where it can. */
export function writeBar(membership: Membership | null): string | null {
  if (membership === null || membership.mayWrite) return null
  const { mayNot } = t.standing
  switch (membership.standing) {
    case 'removed':
    case 'left':
    case 'suspended':
      return mayNot[membership.standing]
    case 'active':
      return membership.role === 'observer' ? mayNot.observer : mayNot.waiting
  }
}

/** The same for this machine now; drawn again only when it changes. */
export function useWriteBar(): string | null {
  const { status } = useModel()
  return useSyncExternalStore(status.subscribe, () => writeBar(status.value?.swarm ?? null))
}
