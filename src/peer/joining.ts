import type { JoinProgress } from '../api/contract/index.ts'
import type { Clock } from '../base/clock.ts'
import { every } from '../base/clock.ts'
import { deadline } from '../base/deadline.ts'
import { messageOf } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import { EntryRefusedError, JoinError } from './errors.ts'
import type { DoorRefusal } from './membership/index.ts'
import type { Swarm } from './swarm.ts'

/** Long enough for several addresses on a slow line, and for all of the membership to come. */
const JOIN_TIMEOUT_MS = 45_000
/** Somebody on the local network who is on answers within this. */
const STILL_LOOKING_MS = 8_000
const LOOK_MS = 250

export interface JoiningOptions {
  readonly swarm: Swarm
  /** Where members may be, by the link. */
  readonly addresses: readonly string[]
  readonly mdns: boolean
  readonly clock: Clock
  readonly tell: (progress: JoinProgress) => void
}

/**
 * Brings a swarm that runs without being a member into its swarm, told stage by stage. Resolves once it is let in.
 * @throws EntryRefusedError with the reason, JoinError that says what was tried, AbortedError
 */
export async function enter(options: JoiningOptions, signal: AbortSignal): Promise<void> {
  const { addresses, clock, mdns, swarm } = options
  if (addresses.length === 0 && !mdns) {
    throw new JoinError('the invite names no machine to ask: ask for a new one, made on a machine that is online')
  }
  const progress = new Progress(options)
  const message = `no answer within ${JOIN_TIMEOUT_MS / 1000} s`
  const limit = deadline(clock, JOIN_TIMEOUT_MS, { signal, message })
  const found = new AbortController()
  const stop = (): void => found.abort()
  limit.signal.addEventListener('abort', stop, { once: true })
  const disposables = new DisposableStore()
  disposables.add(limit)
  disposables.add(progress)
  try {
    await new Promise<void>((resolve, reject) => {
      disposables.add(swarm.membership.events.on('entry:refused', (refusal) => progress.refused(refusal, reject)))
      disposables.add(swarm.network.events.on('peer:connected', () => resolve()))
      limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error), { once: true })
      if (addresses.length > 0) {
        // On the local network others may still be found where all addresses fail.
        swarm.network.connect(addresses, { signal: found.signal }).then(
          () => resolve(),
          (error: Error) => {
            progress.look()
            disposables.add(clock.after(mdns ? STILL_LOOKING_MS : 0, () => reject(error)))
          },
        )
      }
    })
  } catch (error) {
    if (signal.aborted || error instanceof EntryRefusedError) throw error
    throw progress.failure(error)
  } finally {
    found.abort()
    disposables.dispose()
  }
}

/** Tells how much has come, until all is here that is known to be. */
export function followCatchUp(options: Omit<JoiningOptions, 'addresses' | 'mdns'>): Disposable {
  const { clock, swarm, tell } = options
  const following = new DisposableStore()
  const look = (): void => {
    const { journal, missing, synced } = swarm.status()
    const isDone = synced && missing === 0
    const counts = { received: journal.entries, total: journal.entries + missing }
    tell({ stage: isDone ? 'done' : 'catching-up', swarm: swarm.name, tried: [], ...counts })
    if (isDone) following.dispose()
  }
  following.add(every(clock, LOOK_MS, look))
  look()
  return following
}

/** What the person sees while this machine is on its way in. */
class Progress implements Disposable {
  readonly #options: JoiningOptions
  readonly #looking: Disposable
  readonly #refusals: DoorRefusal[] = []
  #last = ''

  constructor(options: JoiningOptions) {
    this.#options = options
    this.#looking = every(options.clock, LOOK_MS, () => this.look())
    this.look()
  }

  dispose(): void {
    this.#looking.dispose()
  }

  /**
   * Where any member's answer would be the same there is nothing more to try. Of another version anybody can speak who
   * is found on the local network, without knowing the swarm: that counts at once of machines that the link names.
   */
  refused(
    { by, reason }: { readonly by: DeviceId; readonly reason: DoorRefusal },
    reject: (error: Error) => void,
  ): void {
    this.#refusals.push(reason)
    const isNamed = this.#options.addresses.some((address) => address.includes(by))
    if (reason !== 'admitter' && (reason !== 'outdated' || isNamed)) reject(new EntryRefusedError(reason))
  }

  failure(error: unknown): Error {
    const [refusal] = this.#refusals
    if (refusal !== undefined) return new EntryRefusedError(refusal)
    const tried = this.#tried().map(({ address, result }) => `${address}: ${result ?? 'no answer yet'}`)
    const what = tried.length === 0 ? messageOf(error) : tried.join('; ')
    return new JoinError(
      `nobody of the swarm could be reached (${what}). A member's machine has to be on: try again then`,
      {
        cause: error,
      },
    )
  }

  #tried(): JoinProgress['tried'] {
    const { missing } = this.#options.swarm.network.reach()
    const results = new Map(this.#options.addresses.map((address): [string, string | null] => [placeOf(address), null]))
    for (const { address, reason } of missing.flatMap((peer) => peer.failures)) results.set(placeOf(address), reason)
    return [...results].map(([address, result]) => ({ address, result }))
  }

  look(): void {
    const { swarm, tell } = this.#options
    const tried = this.#tried()
    const isAnswered = this.#refusals.length > 0
    const stage = isAnswered ? 'admitting' : tried.some(({ result }) => result !== null) ? 'connecting' : 'finding'
    const progress: JoinProgress = { stage, swarm: swarm.name, tried, received: null, total: null }
    const text = JSON.stringify(progress)
    if (text === this.#last) return
    this.#last = text
    tell(progress)
  }
}

/** Where it is dialled, whoever is expected there. */
function placeOf(address: string): string {
  return address.replace(/\/p2p\/[^/]+$/, '')
}
