import { useMemo } from 'react'

import type { Members } from '../../src/api/contract/index.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'

const NOBODY: ReadonlyMap<string, string> = new Map()
/** Made once for each list of members: every group of messages asks. */
const known = new WeakMap<Members, ReadonlyMap<string, string>>()

function peopleOf(members: Members | null): ReadonlyMap<string, string> {
  if (members === null) return NOBODY
  const people =
    known.get(members) ??
    new Map(members.devices.map(({ deviceId, personId }) => [deviceId, personId ?? deviceId] as const))
  known.set(members, people)
  return people
}

/** Whose machine it is, as an id: the machine's own for a helper, and while nothing is known of it. */
export function usePersonOf(): (deviceId: string) => string {
  const people = peopleOf(useCell(useModel().members))
  return useMemo(() => (deviceId) => people.get(deviceId) ?? deviceId, [people])
}
