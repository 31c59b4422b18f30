import type { Connection, Route } from '../../api/contract/index.ts'
import { printableLine } from './printable.ts'

const ROUTES: Readonly<Record<Route, string>> = {
  local: 'same machine',
  lan: 'LAN',
  internet: 'internet',
  punched: 'hole-punched',
  relayed: 'relayed',
}

interface Named {
  readonly deviceId: string
  readonly name: string
}

/** "LAN, 3 ms", "relayed by nas, 80 ms". */
export function connectionText({ route, relayedBy, roundTrip }: Connection, machines: readonly Named[]): string {
  const relay = relayedBy === null ? '' : ` by ${deviceName(relayedBy, machines)}`
  const time = roundTrip === null ? '' : `, ${Math.max(1, Math.round(roundTrip))} ms`
  return `${ROUTES[route]}${relay}${time}`
}

/** Its name; its id where it is not known. */
export function deviceName(deviceId: string, machines: readonly Named[]): string {
  return printableLine(machines.find((machine) => machine.deviceId === deviceId)?.name ?? deviceId)
}
