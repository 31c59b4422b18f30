import type { Clock } from '../base/clock.ts'
import { codeOf, messageOf } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Logger } from '../base/log.ts'
import type { MessageStream, Network } from '../network/network.ts'
import { LOOK_PERIOD_MS, RETRY_MS } from './constants.ts'
import { MAILBOX_PROTOCOL } from './protocol.ts'
import type { Visit } from './visit.ts'

/** How visits end that nobody is to be told of. */
const ROUTINE = ['ABORTED', 'STREAM_CLOSED', 'NOT_CONNECTED', 'TIMEOUT']

interface Visited {
  /** Absent while the stream is being opened, or until the next try. */
  visit: Visit | undefined
  /** Ends a pause. */
  hurry: () => void
}

export interface VisitsOptions {
  readonly network: Network
  readonly clock: Clock
  readonly logger: Logger
  readonly begin: (stream: MessageStream) => Visit
}

/** One visit to each connected machine, begun again where it ends before the connection does. */
export class Visits {
  readonly #options: VisitsOptions
  readonly #visited = new Map<DeviceId, Visited>()
  #stopped = false

  constructor(options: VisitsOptions) {
    this.#options = options
  }

  /** The machine is connected. */
  met(device: DeviceId): void {
    const visited = this.#visited.get(device)
    if (visited === undefined) void this.#keepVisiting(device)
    else visited.hurry()
  }

  /** Something may be to do. */
  wake(): void {
    for (const { visit } of this.#visited.values()) visit?.wake()
  }

  stop(): void {
    this.#stopped = true
    for (const { hurry, visit } of this.#visited.values()) {
      visit?.end(new Error('the mailbox closes'))
      hurry()
    }
  }

  async #keepVisiting(device: DeviceId): Promise<void> {
    const visited: Visited = { visit: undefined, hurry: () => undefined }
    this.#visited.set(device, visited)
    let pause = RETRY_MS
    while (!this.#stopped) {
      const isSound = await this.#visitOnce(device, visited)
      if (this.#stopped || !this.#isConnected(device)) break
      pause = isSound ? RETRY_MS : Math.min(pause * 2, LOOK_PERIOD_MS)
      await this.#rest(visited, pause)
      if (!this.#isConnected(device)) break
    }
    this.#visited.delete(device)
  }

  /** Whether there was a visit, however it ended. */
  async #visitOnce(device: DeviceId, visited: Visited): Promise<boolean> {
    const { begin, logger, network } = this.#options
    try {
      const stream = await network.openStream(device, MAILBOX_PROTOCOL)
      visited.visit = begin(stream)
      if (this.#stopped) visited.visit.end(new Error('the mailbox closes'))
      await visited.visit.run()
    } catch (error) {
      const level = this.#stopped || ROUTINE.includes(codeOf(error)) ? 'debug' : 'warn'
      logger[level]({ device, error: messageOf(error) }, 'a visit to a mailbox ended')
    }
    const ended = visited.visit
    visited.visit = undefined
    for (const { visit } of this.#visited.values()) {
      // What it was fetching, others may have; and what it was to leave, others may take.
      if (ended?.isLooking === true) visit?.look()
      else visit?.wake()
    }
    return ended?.isSound === true
  }

  async #rest(visited: Visited, pause: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = this.#options.clock.after(pause, () => visited.hurry())
      visited.hurry = () => {
        timer.dispose()
        visited.hurry = () => undefined
        resolve()
      }
    })
  }

  #isConnected(device: DeviceId): boolean {
    return this.#options.network.peers().some((peer) => peer.device === device)
  }
}
