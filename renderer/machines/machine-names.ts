import { assignColours, colourOf } from '../theme/people-colours.ts'
import type { PeerStatus } from '../../src/api/contract/index.ts'
import { useSyncExternalStore } from 'react'
import { useModel } from '../state/model-context.ts'
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

/** The last made, for all components that ask in the same state. */
const latest = new Map<string, MachineNames>()

function namesFor(status: PeerStatus | null): MachineNames {
  const key = keyOf(status)
  const known = latest.get(key)
  if (known !== undefined) return known
  const names = machineNames(status)
  latest.clear()
  latest.set(key, names)
  return names
}

/** What names depend on. The peer's status changes several times a second, this hardly ever. */
function keyOf(status: PeerStatus | null): string {
  return (status?.machines ?? []).map((machine) => `${machine.deviceId} ${machine.name}`).join('\n')
}

/** Names and colours of machines wherever an id has to be shown. The same object until one of them changes. */
export function useMachineNames(): MachineNames {
  const { status } = useModel()
  return useSyncExternalStore(status.subscribe, () => namesFor(status.value))
}

function looksLikeId(text: string): boolean {
  return text.length >= 32 && /^[\w-]+$/.test(text)
}
