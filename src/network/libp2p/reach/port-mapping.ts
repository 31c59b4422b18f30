import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import type { Router } from './upnp-router.ts'

/** Where no router answered, one may be there later: another network, a router that restarted. */
const SEARCH_AGAIN_MS = 10 * 60_000
/** What a router gives ends after an hour unless it is asked for again. */
const RENEW_MS = 25 * 60_000
/** A search that takes longer has found nothing. */
const SEARCH_MS = 10_000

export interface PortMappingOptions {
  readonly enabled: boolean
  readonly clock: Clock
  readonly logger: Logger
  /** The port that is to be reached from outside; 0 while there is none. */
  port(): number
  onChange(): void
  /** The routers of this network; by default those that speak UPnP. */
  readonly find?: (clock: Clock, signal: AbortSignal) => AsyncIterable<Router>
}

/** Has the routers of a network forward a port to this machine, where they do. Never fails. */
export class PortMapping {
  readonly #options: PortMappingOptions
  /** The ports of the routers, which lead here. */
  readonly #mapped = new Map<Router, number>()
  readonly #stopped = new AbortController()
  #searching = false
  #searched = false
  /** Monotonic milliseconds. */
  #searchAt = 0

  constructor(options: PortMappingOptions) {
    this.#options = options
  }

  get state(): 'off' | 'searching' | 'mapped' | 'none' {
    if (!this.#options.enabled) return 'off'
    if (this.#mapped.size > 0) return 'mapped'
    return this.#searched ? 'none' : 'searching'
  }

  get ports(): readonly number[] {
    return [...new Set(this.#mapped.values())]
  }

  /** Asks the routers where it is time to. */
  tick(): void {
    const { enabled, clock, port } = this.#withPort
    if (enabled && port > 0 && !this.#searching && clock.monotonic() >= this.#searchAt) void this.#search(port)
  }

  /** Another network: other routers. */
  reconsider(): void {
    this.#searchAt = 0
  }

  stop(): void {
    this.#stopped.abort()
    // Nobody waits for the routers; without a word the mapping ends by itself.
    for (const [router, port] of this.#mapped) {
      for (const protocol of PROTOCOLS) router.unmap(port, protocol).catch(() => undefined)
    }
    this.#mapped.clear()
  }

  get #withPort() {
    const { enabled, clock } = this.#options
    return { enabled, clock, port: enabled ? this.#options.port() : 0 }
  }

  async #search(port: number): Promise<void> {
    const { clock, logger, find = findByUpnp } = this.#options
    this.#searching = true
    const found = new Map<Router, number>()
    const over = new AbortController()
    const end = (): void => over.abort()
    this.#stopped.signal.addEventListener('abort', end, { once: true })
    const timer = clock.after(SEARCH_MS, () => {
      this.#searched = true
      end()
    })
    try {
      for await (const router of find(clock, over.signal)) {
        const external = await this.#map(router, port)
        if (external !== undefined) found.set(router, external)
      }
    } catch (error) {
      logger.debug({ reason: messageOf(error) }, 'no router was asked to forward a port')
    }
    timer.dispose()
    this.#stopped.signal.removeEventListener('abort', end)
    this.#searching = false
    if (this.#stopped.signal.aborted) return
    this.#searched = true
    this.#searchAt = clock.monotonic() + (found.size > 0 ? RENEW_MS : SEARCH_AGAIN_MS)
    const before = this.ports.join()
    this.#mapped.clear()
    for (const [router, external] of found) this.#mapped.set(router, external)
    if (this.ports.join() !== before) this.#options.onChange()
  }

  /** TCP, and UDP at the same port, at which relays answer STUN. */
  async #map(router: Router, port: number): Promise<number | undefined> {
    try {
      const external = await router.map(port, 'TCP')
      await router.map(port, 'UDP').catch(() => undefined)
      return external
    } catch (error) {
      this.#options.logger.debug({ router: router.host, reason: messageOf(error) }, 'the router forwards no port')
      return undefined
    }
  }
}

const PROTOCOLS = ['TCP', 'UDP'] as const

async function* findByUpnp(clock: Clock, signal: AbortSignal): AsyncGenerator<Router> {
  const { findRouters } = await import('./upnp-router.ts')
  yield* findRouters(clock, signal)
}
