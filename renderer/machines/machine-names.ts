import { assignColours, colourOf } from '../theme/people-colours.ts'
import type { PeerStatus } from '../../src/api/contract/index.ts'
import { useMemo } from 'react'
import { useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'

export interface MachineNames {
  /** The name of a device id; a name that is no id is returned as it is. */
  readonly nameOf: (id: string) => string
  readonly colourOf: (id: string) => number
}

export function machineNames(status: PeerStatus | null): MachineNames {
  const machines = status?.machines ?? []
  const names = new Map(machines.map((machine) => [machine.deviceId, machine.name]))
  const colours = assignColours(machines.map((machine) => machine.deviceId))
  return {
    nameOf: (id) => names.get(id) ?? (looksLikeId(id) ? t.common.unknownMachine : id),
    colourOf: (id) => colourOf(colours, id),
  }
}

/** Names and colours of machines wherever an id has to be shown. */
export function useMachineNames(): MachineNames {
  const status = useStatus()
  return useMemo(() => machineNames(status), [status])
}

function looksLikeId(text: string): boolean {
  return text.length >= 32 && /^[\w-]+$/.test(text)
}
