import { useMemo } from 'react'

import { useMachineNames } from '../machines/machine-names.ts'
import { usePersonOf } from './use-person-of.ts'

/** The colour of whoever writes on a machine: the person's, on whichever machine they are. */
export function useAuthorColour(): (deviceId: string) => number {
  const personOf = usePersonOf()
  const { colourOf } = useMachineNames()
  return useMemo(() => (deviceId) => colourOf(personOf(deviceId)), [personOf, colourOf])
}
