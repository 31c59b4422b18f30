import type { Clock } from '../base/clock.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Network } from '../network/network.ts'
import { rankMachines, takersOf } from './choose-machines.ts'
import { MAX_REFUSALS, REFUSED_MS } from './constants.ts'
import type { Machine } from './mailbox.ts'
import type { Outbox } from './outbox.ts'
import type { WaitingParcel } from './waiting-parcel.ts'
import type { Weeks } from './weeks.ts'

export interface LeavingOptions {
  readonly network: Network
  readonly clock: Clock
  readonly outbox: Outbox
  readonly weeks: Weeks
  readonly machines: () => readonly Machine[]
  /** Other machines may have something to take. */
  readonly onRefusal: () => void
}

/** Which parcel is left with which machine, as things stand now. */
export class Leaving {
  readonly #options: LeavingOptions
  /** By machine, or machine and parcel: the time until which it is not asked again. */
  readonly #refusals = new Map<string, number>()

  constructor(options: LeavingOptions) {
    this.#options = options
  }

  /** What is to be left with the machine now: first what the fewest hold, then the oldest. */
  parcelsFor(machine: DeviceId): readonly WaitingParcel[] {
    const takers = this.#takers()
    const parcels = this.#options.outbox.parcels.filter((parcel) => takers(parcel).includes(machine))
    return parcels.sort((a, b) => a.holders.length - b.holders.length || a.number - b.number)
  }

  /** Whether the parcel is still to be left with the machine. */
  isFor(machine: DeviceId, { name, number, to }: WaitingParcel): boolean {
    const parcel = this.#options.outbox.find(to, name)
    return parcel?.number === number && this.#takers()(parcel).includes(machine)
  }

  /** The machine does not take the parcel: somebody else is to have it. */
  refused(machine: DeviceId, parcel: WaitingParcel): void {
    this.#refuse(nameOf(machine, parcel))
  }

  /** The machine takes nothing now. */
  isFull(machine: DeviceId): void {
    this.#refuse(machine)
  }

  #takers(): (parcel: WaitingParcel) => readonly DeviceId[] {
    const { clock, network, weeks } = this.#options
    const machines = this.#options.machines()
    const active = new Set(machines.flatMap((each) => (each.active ? [each.device] : [])))
    const connected = new Set(network.peers().map(({ device }) => device))
    const hoursSeen = (device: DeviceId): number => weeks.hoursSeen(device)
    const ranked = rankMachines({ self: network.device, machines, connected, hoursSeen })
    const now = clock.monotonic()
    const isRefused = (name: string): boolean => (this.#refusals.get(name) ?? 0) > now
    return (parcel) =>
      takersOf(parcel, ranked, {
        counts: (holder) => active.has(holder) && (connected.has(holder) || hoursSeen(holder) > 0),
        refused: (device) => isRefused(device) || isRefused(nameOf(device, parcel)),
      })
  }

  #refuse(name: string): void {
    const now = this.#options.clock.monotonic()
    if (this.#refusals.size >= MAX_REFUSALS) this.#forget(now)
    this.#refusals.set(name, now + REFUSED_MS)
    this.#options.onRefusal()
  }

  #forget(now: number): void {
    for (const [name, until] of this.#refusals) if (until <= now) this.#refusals.delete(name)
    if (this.#refusals.size >= MAX_REFUSALS) this.#refusals.clear()
  }
}

function nameOf(machine: DeviceId, parcel: WaitingParcel): string {
  return `${machine} ${parcel.number}`
}
