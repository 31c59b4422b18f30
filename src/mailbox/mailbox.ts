import type { Clock } from '../base/clock.ts'
import type { Emitter } from '../base/emitter.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Startable } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import type { Random } from '../base/random.ts'
import type { DeviceKey } from '../identity/device-key.ts'
import type { Network } from '../network/network.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { MailboxLimits } from './constants.ts'

/**
 * Leaves sealed parcels for devices that are away with machines that are here, keeps such envelopes for others, and picks
 * up those for this device. Rules in SPEC.md.
 */
export interface Mailbox extends Startable {
  readonly events: Emitter<MailboxEvents>
  /**
   * Seals the content for one device and leaves it with up to COPIES machines, as they come; resolves once it is kept
   * here. A parcel of the same recipient and name takes the place of the earlier one. It goes after LIFETIME_MS.
   * Where this machine's own parcels are too many, its oldest go.
   * @throws InvalidInputError for a content or a name that is too long, and for a device that nothing can be sealed to;
   * AbortedError before `start` and after `stop`
   */
  leave(parcel: Parcel): Promise<void>
  /** It is not needed any more: the machines that have it are asked to drop it, now or when they are met again. */
  withdraw(to: DeviceId, name: string): Promise<void>
  /** The machines that hold the parcel, as far as is known. */
  waitingOn(to: DeviceId, name: string): readonly DeviceId[]
  /** What is held here for others. */
  held(): { readonly envelopes: number; readonly bytes: number }
}

export interface Parcel {
  readonly to: DeviceId
  /** The sender's own handle for it; at most MAX_NAME_BYTES, and never leaves this machine. */
  readonly name: string
  /** At most MAX_CONTENT_BYTES. */
  readonly content: Uint8Array
  /** Devices that are not to hold it, as those that get it directly; at most MAX_EXCLUDED. */
  readonly exclude?: readonly DeviceId[]
}

export interface MailboxEvents {
  /** What `waitingOn` or `held` say may have changed. */
  readonly 'waiting:changed': Record<string, never>
}

/** A device of the swarm that may be left something, or have left something. */
export interface Machine {
  readonly device: DeviceId
  /** Stores for others by its role: asked first. */
  readonly helper: boolean
  readonly active: boolean
}

export interface MailboxOptions {
  readonly network: Network
  readonly store: RecordStore
  /** Before every record key of the mailbox. */
  readonly prefix: Uint8Array
  readonly key: DeviceKey
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /**
   * Takes what came for this device. `from` is proven, also that it meant this device; whether it belongs, and what the
   * content says, is not. May come twice, and in any order. The envelope counts as taken once this resolves; where it
   * rejects it is offered again later.
   */
  readonly deliver: (from: DeviceId, content: Uint8Array) => Promise<void>
  readonly machines: () => readonly Machine[]
  /** Whether a device may leave envelopes here and read: not once it was removed or has left. */
  readonly mayHold: (device: DeviceId) => boolean
  /** Default DEFAULT_LIMITS. */
  readonly limits?: Partial<MailboxLimits>
}
