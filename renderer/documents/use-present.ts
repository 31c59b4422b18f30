import { useEffect, useState } from 'react'
import type { Awareness } from 'y-protocols/awareness'

import type { Present } from './present-avatars.tsx'

/** Others who have the document open, one entry a machine. */
export function usePresent(awareness: Awareness): readonly Present[] {
  const [present, setPresent] = useState<readonly Present[]>([])
  useEffect(() => {
    const read = (): void => setPresent((before) => keepEqual(before, presentOf(awareness)))
    read()
    awareness.on('change', read)
    return () => awareness.off('change', read)
  }, [awareness])
  return present
}

function presentOf(awareness: Awareness): readonly Present[] {
  const own = userIn(awareness.getLocalState())?.key
  const people = new Map<string, Present>()
  for (const state of awareness.getStates().values()) {
    const user = userIn(state)
    if (user !== null && user.key !== own) people.set(user.key, user)
  }
  return [...people.values()].sort((a, b) => a.name.localeCompare(b.name))
}

/** What others say of themselves is not to be trusted to have a shape. */
function userIn(state: Readonly<Record<string, unknown>> | null): Present | null {
  const user = state?.['user']
  if (typeof user !== 'object' || user === null) return null
  const { deviceId, name, colour } = user as Readonly<Record<string, unknown>>
  if (typeof deviceId !== 'string' || typeof name !== 'string' || typeof colour !== 'number') return null
  return { key: deviceId, name, colour: Math.abs(Math.trunc(colour)) }
}

/** Cursors move all the time; who is here changes rarely. */
function keepEqual(before: readonly Present[], after: readonly Present[]): readonly Present[] {
  const same =
    before.length === after.length &&
    before.every((one, index) => {
      const other = after[index]
      return other !== undefined && one.key === other.key && one.name === other.name && one.colour === other.colour
    })
  return same ? before : after
}
