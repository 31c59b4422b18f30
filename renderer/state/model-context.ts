import { createContext, use, useSyncExternalStore } from 'react'

import { useCell } from './cell.ts'
import type { PeerModel } from './peer-model.ts'

export const ModelContext = createContext<PeerModel | null>(null)

export function useModel(): PeerModel {
  const model = use(ModelContext)
  if (model === null) throw new Error('This component needs a ModelContext above it')
  return model
}

/** What the peer last said of itself; null before it said anything. */
export function useStatus(): PeerModel['status']['value'] {
  return useCell(useModel().status)
}

/** This machine's name; drawn again only when it changes, unlike with the whole status. */
export function useOwnName(): string {
  const { status } = useModel()
  return useSyncExternalStore(status.subscribe, () => status.value?.name ?? '')
}
