import type { DeviceId } from '../base/ids.ts'
import { COPIES } from './constants.ts'
import type { Machine } from './mailbox.ts'
import type { WaitingParcel } from './waiting-parcel.ts'

export interface Surroundings {
  /** This device. */
  readonly self: DeviceId
  readonly machines: readonly Machine[]
  readonly connected: ReadonlySet<DeviceId>
  /** Hours of the last week in which a machine was seen. */
  readonly hoursSeen: (device: DeviceId) => number
}

/** Machines that parcels can be left with now, the best first: helpers, then those that were up the most. */
export function rankMachines({ connected, hoursSeen, machines, self }: Surroundings): readonly DeviceId[] {
  return machines
    .filter(({ active, device }) => active && connected.has(device) && device !== self)
    .map((machine) => ({ ...machine, hours: hoursSeen(machine.device) }))
    .sort((a, b) => Number(b.helper) - Number(a.helper) || b.hours - a.hours || (a.device < b.device ? -1 : 1))
    .map(({ device }) => device)
}

/**
 * The machines that a parcel is to be left with now, besides those that hold it. A holder that does not belong any more,
 * or was not seen for a week, does not count: somebody else is to have it as well.
 */
export function takersOf(
  parcel: WaitingParcel,
  ranked: readonly DeviceId[],
  options: {
    readonly counts: (holder: DeviceId) => boolean
    readonly refused: (device: DeviceId) => boolean
  },
): readonly DeviceId[] {
  const wanted = COPIES - parcel.holders.filter(options.counts).length
  if (wanted <= 0) return []
  const may = (device: DeviceId): boolean =>
    device !== parcel.to &&
    !parcel.exclude.includes(device) &&
    !parcel.holders.includes(device) &&
    !options.refused(device)
  return ranked.filter(may).slice(0, wanted)
}
