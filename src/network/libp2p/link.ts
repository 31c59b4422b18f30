import type { Connection } from '@libp2p/interface'

import type { DeviceId } from '../../base/ids.ts'
import type { DisposableStore } from '../../base/lifecycle.ts'

export type LinkState = 'pending' | 'admitted' | 'closed'

/** One libp2p connection to a peer, from its opening to its end. */
export interface Link {
  readonly device: DeviceId
  readonly connection: Connection
  readonly weDialled: boolean
  /** The member that relays; absent on direct connections. */
  readonly via: DeviceId | undefined
  /** The multiaddr of the other end, with its device id where it is dialled. */
  readonly address: string
  state: LinkState
  /** Monotonic milliseconds. */
  readonly openedAt: number
  /** Monotonic milliseconds: when something arrived at the gate last. */
  heardAt: number
  /** Ticks since it last gave a sign of life. */
  silentTicks: number
  /** One side has enough other links and is about to end this one: no break that is to be mended. */
  parting: boolean
  /** Monotonic milliseconds: until then, or until the first beat, silence is no sign of death. */
  graceUntil: number
  /** Wall time of the admission, for people. */
  since: number
  /** Milliseconds; absent until measured. */
  roundTrip: number | undefined
  /** Let go of when the link closes. */
  readonly disposables: DisposableStore
  /** Settles when the gate was passed, or not. */
  readonly admitted: Promise<void>
}

/** What decides between two connections of one pair of peers. */
export interface Rival {
  readonly state: LinkState
  readonly openedAt: number
  readonly weDialled: boolean
  readonly via: DeviceId | undefined
}

/** Dials that began before the other side's connection was there still arrive for so long. */
export const SIMULTANEOUS_MS = 2000

/**
 * Which of two connections of one pair to close. Only the side with the lower id decides, so that the two never decide
 * against each other. Of two that were dialled at the same time the first stays, so that what already runs on it is not
 * disturbed. Where the other side dials although a connection stands for long, it has lost that one: the new one stays.
 * A direct one that comes beside a relayed one leaves that alone until it is admitted, and then takes its place.
 */
export function loserOf(older: Rival, newer: Rival): 'older' | 'newer' | 'none' {
  if (isBetter(newer, older)) return 'none'
  const otherSideLostIt = !newer.weDialled && newer.openedAt - older.openedAt > SIMULTANEOUS_MS
  return otherSideLostIt ? 'older' : 'newer'
}

/** Direct beats relayed. */
export function isBetter(one: Pick<Rival, 'via'>, other: Pick<Rival, 'via'>): boolean {
  return one.via === undefined && other.via !== undefined
}
