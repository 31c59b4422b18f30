import type { Capacity } from '../api/contract/index.ts'
import { encodeCbor, decodeCborMap, readText, readWhole } from '../base/cbor.ts'
import type { Clock } from '../base/clock.ts'
import { every } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'
import { parseDeviceId } from '../base/ids.ts'
import type { Startable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import type { Ephemeral } from '../network/ephemeral.ts'
import type { Network } from '../network/network.ts'
import type { Vitals } from './status.ts'

const KIND = 'vitals'
const PERIOD_MS = 10_000
const MAX_BYTES = 1024
/** As many as fit into one message beside the rest. */
const MAX_LINKS = 16
const MAX_MACHINES = 10_000

/** Says now and then what this machine has and who it is connected to, and hears the same of others. Never stored. */
export class VitalsExchange implements Startable {
  readonly #network: Network
  readonly #ephemeral: Ephemeral
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #measure: () => Promise<Capacity>
  readonly #onChange: () => void
  readonly #heard = new Map<DeviceId, Vitals>()
  #disposables = new DisposableStore()

  constructor(options: {
    readonly network: Network
    readonly ephemeral: Ephemeral
    readonly clock: Clock
    readonly logger: Logger
    readonly measure: () => Promise<Capacity>
    readonly onChange: () => void
  }) {
    this.#network = options.network
    this.#ephemeral = options.ephemeral
    this.#clock = options.clock
    this.#logger = options.logger
    this.#measure = options.measure
    this.#onChange = options.onChange
  }

  get heard(): ReadonlyMap<DeviceId, Vitals> {
    return this.#heard
  }

  async start(): Promise<void> {
    this.#disposables = new DisposableStore()
    this.#disposables.add(this.#ephemeral.on(KIND, (from, payload) => this.#hear(from, payload)))
    this.#disposables.add(every(this.#clock, PERIOD_MS, () => void this.#say()))
    this.#disposables.add(this.#network.events.on('peer:connected', () => void this.#say()))
    await this.#say()
  }

  async stop(): Promise<void> {
    this.#disposables.dispose()
  }

  async #say(): Promise<void> {
    try {
      const capacity = await this.#measure()
      const links = this.#network.peers().map((peer) => peer.device)
      const now = Math.max(0, Math.floor(this.#clock.now()))
      this.#heard.set(this.#network.device, { capacity, links, heardAt: now, clockAhead: 0 })
      this.#onChange()
      this.#ephemeral.publish(KIND, encodeVitals({ capacity, links, now }))
    } catch (error) {
      this.#logger.debug({ error: messageOf(error) }, 'what this machine has could not be told')
    }
  }

  #hear(from: DeviceId, payload: Uint8Array): void {
    const vitals = decodeVitals(payload, this.#clock.now())
    if (vitals === undefined || (this.#heard.size >= MAX_MACHINES && !this.#heard.has(from))) return
    this.#heard.set(from, vitals)
    this.#onChange()
  }
}

export function encodeVitals({
  capacity,
  links,
  now,
}: {
  readonly capacity: Capacity
  readonly links: readonly DeviceId[]
  /** Wall time: others compare it with theirs. */
  readonly now: number
}): Uint8Array {
  return encodeCbor({
    now,
    cores: capacity.cores,
    load: Math.round(capacity.load * 100),
    memory: capacity.memoryBytes,
    memoryFree: capacity.memoryFreeBytes,
    disk: capacity.diskBytes,
    diskFree: capacity.diskFreeBytes,
    platform: capacity.platform,
    links: links.slice(0, MAX_LINKS),
  })
}

/** `undefined` for anything that is not what it should be. */
export function decodeVitals(payload: Uint8Array, now: number): Vitals | undefined {
  const fields = decodeCborMap(payload, MAX_BYTES)
  const read = (name: string, most = Number.MAX_SAFE_INTEGER): number | undefined =>
    readWhole(fields?.get(name), 0, most)
  const theirNow = read('now')
  const cores = read('cores', 4096)
  const load = read('load', 100)
  const memoryBytes = read('memory')
  const memoryFreeBytes = read('memoryFree')
  const diskBytes = read('disk')
  const diskFreeBytes = read('diskFree')
  const platform = readText(fields?.get('platform'), 32)
  const links = readLinks(fields?.get('links'))
  if (cores === undefined || load === undefined || memoryBytes === undefined || memoryFreeBytes === undefined)
    return undefined
  if (diskBytes === undefined || diskFreeBytes === undefined || platform === undefined || links === undefined)
    return undefined
  if (theirNow === undefined) return undefined
  const capacity = { cores, load: load / 100, memoryBytes, memoryFreeBytes, diskBytes, diskFreeBytes, platform }
  return { capacity, links, heardAt: now, clockAhead: theirNow - now }
}

function readLinks(value: unknown): readonly DeviceId[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_LINKS) return undefined
  try {
    return value.map((link) => parseDeviceId(String(link)))
  } catch {
    return undefined
  }
}
