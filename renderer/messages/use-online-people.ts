import { useSyncExternalStore } from 'react'

import type { PeerStatus } from '../../src/api/contract/index.ts'
import { useModel } from '../state/model-context.ts'

/** The last made, for all components that ask in the same state. */
let latest: { readonly key: string; readonly people: ReadonlySet<string> } = { key: '', people: new Set() }

function onlineIn(status: PeerStatus | null): ReadonlySet<string> {
  const online = (status?.machines ?? []).flatMap((machine) =>
    machine.personId !== null && (machine.self || machine.online) ? [machine.personId] : [],
  )
  const key = [...new Set(online)].sort().join(' ')
  if (latest.key !== key) latest = { key, people: new Set(online) }
  return latest.people
}

/** Ids of the people of whom a machine is here now. The same set until somebody comes or goes. */
export function useOnlinePeople(): ReadonlySet<string> {
  const { status } = useModel()
  return useSyncExternalStore(status.subscribe, () => onlineIn(status.value))
}
