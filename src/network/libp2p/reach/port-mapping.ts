import type { Gateway } from '@achingbrain/nat-port-mapper'

import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'

/** Routers answer within a second or not at all. */
const SEARCH_MS = 5000
/** Where no router answered, one may be there later: another network, a router that restarted. */
const SEARCH_AGAIN_MS = 10 * 60_000
/** Routers that are asked; a machine has seldom more than one. */
const MAX_GATEWAYS = 3

export interface PortMappingOptions {
  readonly enabled: boolean
  readonly clock: Clock
  readonly logger: Logger
  /** The port that is to be reached from outside; 0 while there is none. */
  port(): number
  onChange(): void
  /** Searches for routers until the signal fires; by default with UPnP on the LAN. */
  readonly findGateways?: (signal: AbortSignal) => AsyncIterable<Gateway> | Promise<AsyncIterable<Gateway>>
}

/** Has the router forward a port to this machine, by UPnP, where there is a router that does. Never fails. */
export class PortMapping {
  readonly #options: PortMappingOptions
  readonly #gateways = new Map<string, Gateway>()
  readonly #external = new Map<string, number>()
  readonly #stopped = new AbortController()
  #searching = false
  #searchAt = 0
  #searched = false

  constructor(options: PortMappingOptions) {
    this.#options = options
  }

  get state(): 'off' | 'searching' | 'mapped' | 'none' {
    if (!this.#options.enabled) return 'off'
    if (this.#external.size > 0) return 'mapped'
    return this.#searched ? 'none' : 'searching'
  }

  /** The ports of the routers that lead here. */
  get ports(): readonly number[] {
    return [...new Set(this.#external.values())]
  }

  tick(): void {
    const { enabled, clock } = this.#options
    const isDue = clock.monotonic() >= this.#searchAt && this.#external.size === 0
    if (enabled && isDue && !this.#searching && this.#options.port() > 0) void this.#search()
  }

  /** Another network: another router. */
  reconsider(): void {
    this.#external.clear()
    this.#searchAt = 0
  }

  stop(): void {
    this.#stopped.abort()
    // Taking the mapping back takes a word to the router, for which nobody waits; it ends by itself after an hour.
    for (const gateway of this.#gateways.values()) gateway.stop().catch(() => undefined)
    this.#gateways.clear()
  }

  async #search(): Promise<void> {
    const { clock, logger, findGateways = upnpGateways } = this.#options
    this.#searching = true
    this.#searchAt = clock.monotonic() + SEARCH_AGAIN_MS
    const over = new AbortController()
    const end = (): void => over.abort()
    const timer = clock.after(SEARCH_MS, () => {
      // Whether or not the search heeds it.
      this.#searched = true
      end()
    })
    this.#stopped.signal.addEventListener('abort', end, { once: true })
    try {
      for await (const gateway of await findGateways(over.signal)) {
        await this.#map(gateway)
        if (this.#gateways.size >= MAX_GATEWAYS) break
      }
    } catch (error) {
      if (!over.signal.aborted) logger.debug({ reason: messageOf(error) }, 'no router was asked to forward a port')
    } finally {
      timer.dispose()
      this.#stopped.signal.removeEventListener('abort', end)
      this.#searching = false
      this.#searched = true
      this.#options.onChange()
    }
  }

  async #map(gateway: Gateway): Promise<void> {
    const { logger } = this.#options
    const port = this.#options.port()
    this.#gateways.set(gateway.id, gateway)
    try {
      // UDP as well, at which relays answer STUN.
      for (const protocol of ['udp', 'tcp'] as const) {
        for await (const { externalPort } of gateway.mapAll(port, { protocol, externalPort: port })) {
          if (protocol === 'tcp') this.#external.set(gateway.id, externalPort)
        }
      }
      this.#options.onChange()
    } catch (error) {
      logger.debug({ router: gateway.host, reason: messageOf(error) }, 'the router does not forward a port')
    }
  }
}

async function upnpGateways(signal: AbortSignal): Promise<AsyncIterable<Gateway>> {
  const { upnpNat } = await import('@achingbrain/nat-port-mapper')
  return upnpNat({ description: 'Murmuration', autoRefresh: true }).findGateways({ signal })
}
