import type { Capacity } from '../api/contract/index.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Notices } from './notices.ts'
import type { Vitals } from './status.ts'
import { HEARD_WITHIN_MS } from './status.ts'

/** A clock that is further off than this is pointed out, as with messages. */
export const CLOCK_TOLERANCE_MS = 10 * 60_000
/** Below this the disk is about to be full: one large change and LevelDB's own housekeeping still fit. */
export const LOW_DISK_BYTES = 64 * 1024 * 1024
/** Clocks named in one notice. */
const MAX_NAMED = 3

export interface WatchInputs {
  readonly self: DeviceId
  readonly vitals: ReadonlyMap<DeviceId, Vitals>
  readonly nameOf: (device: DeviceId) => string
  readonly dataDirectory: string
  readonly now: number
}

/** Points out, once each, what is wrong with machines themselves: a clock that is off, a disk that is full. */
export class MachineWatch {
  readonly #notices: Notices
  readonly #said = new Map<string, string>()

  constructor(notices: Notices) {
    this.#notices = notices
  }

  look(inputs: WatchInputs): void {
    this.#say('clock', 'warning', clockNotice(inputs))
    this.#say('disk', 'danger', diskNotice(inputs.vitals.get(inputs.self)?.capacity, inputs.dataDirectory))
  }

  #say(code: string, level: 'warning' | 'danger', text: string | undefined): void {
    if (this.#said.get(code) === text) return
    if (text === undefined) {
      this.#said.delete(code)
      this.#notices.withdraw(code)
    } else {
      this.#said.set(code, text)
      this.#notices.add({ code, level, text })
    }
  }
}

/** Where several machines agree and this one does not, it is this one's clock that is off. */
export function clockNotice({ nameOf, now, self, vitals }: WatchInputs): string | undefined {
  const heard = [...vitals].filter(([device, { heardAt }]) => device !== self && now - heardAt < HEARD_WITHIN_MS)
  const off = heard.filter(([, { clockAhead }]) => Math.abs(clockAhead) > CLOCK_TOLERANCE_MS)
  const [first] = off
  if (first === undefined) return undefined
  const [, { clockAhead }] = first
  const together = off.every(([, other]) => Math.abs(other.clockAhead - clockAhead) < CLOCK_TOLERANCE_MS)
  if (off.length > 1 && off.length === heard.length && together) {
    return `This machine's clock is ${lengthOf(clockAhead)} ${clockAhead > 0 ? 'behind' : 'ahead of'} all others: set it. ${ORDER_IS_KEPT}`
  }
  const named = off
    .slice(0, MAX_NAMED)
    .map(
      ([device, other]) =>
        `${nameOf(device)} (${lengthOf(other.clockAhead)} ${other.clockAhead > 0 ? 'ahead' : 'behind'})`,
    )
  const more = off.length > named.length ? ` and ${off.length - named.length} more` : ''
  return `Clocks disagree with this machine's: ${named.join(', ')}${more}. Set those that are wrong. ${ORDER_IS_KEPT}`
}

const ORDER_IS_KEPT = 'Everything keeps its order; only the times shown are off.'

function lengthOf(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000)
  if (minutes < 90) return `${minutes} minutes`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`
}

export function diskNotice(capacity: Capacity | undefined, dataDirectory: string): string | undefined {
  if (capacity === undefined || capacity.diskFreeBytes >= LOW_DISK_BYTES) return undefined
  return `The disk that holds ${dataDirectory} is nearly full: free some space, or nothing more can be saved here.`
}
