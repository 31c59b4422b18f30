import { useMemo } from 'react'

import type { Members } from '../../src/api/contract/index.ts'
import { useMachineNames } from '../machines/machine-names.ts'
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

/** The colour of whoever writes on a machine: the person's, on whichever machine they are. */
export function useAuthorColour(): (deviceId: string) => number {
  const people = peopleOf(useCell(useModel().members))
  const { colourOf } = useMachineNames()
  return useMemo(() => (deviceId) => colourOf(people.get(deviceId) ?? deviceId), [people, colourOf])
}
