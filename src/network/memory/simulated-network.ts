import type { Clock } from '../../base/clock.ts'
import { pause } from '../../base/clock.ts'
import { AbortedError } from '../../base/errors.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import type { Random } from '../../base/random.ts'
import { DialError, ListenError, NotConnectedError } from '../errors.ts'
import type { MemoryAddress } from './address.ts'
import { ConnectionEnd } from './connection.ts'
import {
  CUT_NOTICED_MS,
  CUT_NOTICED_SPREAD_MS,
  DIAL_TIMEOUT_MS,
  DISCOVERY_MAX_MS,
  DISCOVERY_MIN_MS,
  HANDSHAKE_ROUND_TRIPS,
} from './constants.ts'
import type { LinkQuality } from './link.ts'
import { DEFAULT_LINK, Link, Wire } from './link.ts'
import type { MemoryNetworkOptions, Switchboard } from './memory-network.ts'
import { MemoryNetwork } from './memory-network.ts'
import { never } from './memory-stream.ts'

/**
 * How peers learn of each other: by addresses given by hand alone; everybody of everybody; everybody of everybody, with
 * a bounded view as on real networks; or a fixed random part in which each has about `degree` neighbours and all hang
 * together.
 */
export type Discovery = 'none' | 'full' | 'view' | { readonly degree: number }

export interface SimulatedNetworkOptions {
  readonly clock: Clock
  readonly random: Random
  /** What is not given is DEFAULT_LINK's. */
  readonly link?: Partial<LinkQuality>
  readonly discovery?: Discovery
  /** Whether peers that connect tell each other whom else they know. Default: only without discovery. */
  readonly exchange?: boolean
}

/** The two ends of a connection; the first dialled. */
type Connection = readonly [ConnectionEnd, ConnectionEnd]

/**
 * The network of a simulation: hosts, the links between them, and what goes wrong with those. With the same seed and
 * the same use everything happens in the same order.
 */
export class SimulatedNetwork {
  readonly #clock: Clock
  readonly #random: Random
  readonly #defaultLink: LinkQuality
  readonly #discovery: Discovery
  readonly #exchange: boolean
  readonly #hosts = new Map<string, SimulatedHost>()
  readonly #links = new Map<string, Link>()
  /** Of each link, those that at least one end has not closed; some that both have may linger. */
  readonly #connections = new Map<Link, Set<Connection>>()
  /** Ends that will find out that their link is dead. */
  readonly #noticing = new Map<ConnectionEnd, Disposable>()
  #parts: readonly ReadonlySet<string>[] = []
  readonly #switchboard: Switchboard

  constructor(options: SimulatedNetworkOptions) {
    this.#clock = options.clock
    this.#random = options.random
    this.#defaultLink = { ...DEFAULT_LINK, ...options.link }
    this.#discovery = options.discovery ?? 'none'
    this.#exchange = options.exchange ?? this.#discovery === 'none'
    this.#switchboard = {
      attach: (network) => this.#attach(network),
      detach: (network) => this.#closeAll(network),
      dial: (from, address, signal) => this.#dial(from, address, signal),
    }
  }

  /** The host of that name, made on first use. Hosts are told apart by name alone: two may run the same device. */
  host(name: string): SimulatedHost {
    const known = this.#hosts.get(name)
    if (known !== undefined) return known
    const host = new SimulatedHost(name, {
      make: (options) =>
        new MemoryNetwork(this.#switchboard, name, {
          clock: this.#clock,
          random: this.#random,
          exchange: this.#exchange,
          view: this.#discovery === 'view',
          ...options,
        }),
      crash: (network, how) => this.#crash(network, how),
    })
    this.#hosts.set(name, host)
    return host
  }

  /** Changes the line between two hosts, for what is sent from now on. */
  setLink(a: string, b: string, quality: Partial<LinkQuality>): void {
    const link = this.#link(a, b)
    link.quality = { ...link.quality, ...quality }
  }

  /** Cuts the line between two hosts. */
  cut(a: string, b: string): void {
    this.#link(a, b).severed = true
    this.#linksChanged()
  }

  /** Cuts a host off from all others. */
  isolate(name: string): void {
    for (const other of this.#hosts.keys()) if (other !== name) this.#link(name, other).severed = true
    this.#linksChanged()
  }

  /** Hosts reach those of their own part only; those that are named nowhere make one more part. Replaces an earlier partition. */
  partition(...parts: readonly (readonly string[])[]): void {
    this.#parts = parts.map((part) => new Set(part))
    for (const [key, link] of this.#links) link.parted = this.#isParted(key)
    this.#linksChanged()
  }

  /** Makes the line between two hosts whole, or everything. */
  heal(a?: string, b?: string): void {
    if (a !== undefined && b !== undefined) {
      this.#link(a, b).severed = false
    } else {
      this.#parts = []
      for (const link of this.#links.values()) {
        link.severed = false
        link.parted = false
      }
    }
    this.#linksChanged()
  }

  /** Connections that are open at both ends. */
  get connections(): number {
    let open = 0
    for (const [a, b] of this.#allConnections()) if (a.open && b.open) open++
    return open
  }

  /** Bytes that all hosts together have sent. */
  get sent(): number {
    return [...this.#links.values()].reduce((sum, link) => sum + link.sent, 0)
  }

  #link(a: string, b: string): Link {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`
    const known = this.#links.get(key)
    if (known !== undefined) return known
    const link = new Link(this.#defaultLink)
    link.parted = this.#isParted(key)
    this.#links.set(key, link)
    return link
  }

  #isParted(key: string): boolean {
    if (this.#parts.length === 0) return false
    const [a, b] = key.split(' ').map((name) => this.#parts.findIndex((part) => part.has(name)))
    return a !== b
  }

  #linksChanged(): void {
    for (const [a, b] of this.#allConnections()) {
      if (a.wire.link.cut) {
        this.#noticeLater(a)
        this.#noticeLater(b)
        continue
      }
      // Where one end gave up already, the other still has to find out.
      if (!a.closed && !b.closed) {
        this.#forgetNoticing(a)
        this.#forgetNoticing(b)
      }
      a.wire.resume()
      b.wire.resume()
    }
  }

  #noticeLater(end: ConnectionEnd): void {
    if (end.closed || this.#noticing.has(end)) return
    const delay = CUT_NOTICED_MS + CUT_NOTICED_SPREAD_MS * this.#random.float()
    const timer = this.#clock.after(delay, () => {
      this.#noticing.delete(end)
      end.giveUp(new NotConnectedError(`${end.remoteHost} does not answer`))
    })
    this.#noticing.set(end, timer)
  }

  #forgetNoticing(end: ConnectionEnd): void {
    this.#noticing.get(end)?.dispose()
    this.#noticing.delete(end)
  }

  #attach(network: MemoryNetwork): void {
    const host = this.host(network.host)
    if (host.running !== undefined && host.running !== network) {
      throw new ListenError(`another peer is running on the host ${network.host}`)
    }
    host.running = network
    if (this.#discovery === 'none') return
    const delay = DISCOVERY_MIN_MS + (DISCOVERY_MAX_MS - DISCOVERY_MIN_MS) * this.#random.float()
    this.#clock.after(delay, () => {
      if (network.running) network.remember(this.#discovered(network))
    })
  }

  /** Addresses of those whom a fresh network hears of. */
  #discovered(network: MemoryNetwork): string[] {
    const all = [...this.#hosts.values()].flatMap(({ running }) => (running === undefined ? [] : [running]))
    const others = all.filter((other) => other !== network)
    if (typeof this.#discovery === 'string') return others.flatMap((other) => other.addresses())
    // The neighbours in the order of hosts keep all together, the others are drawn.
    const at = all.indexOf(network)
    const chosen = new Set([all[at - 1], all[at + 1]].filter((one) => one !== undefined))
    // Each adds about half of its neighbours itself, others add the rest.
    while (chosen.size < Math.min(Math.ceil(this.#discovery.degree / 2), others.length)) {
      const other = others[this.#random.below(others.length)]
      if (other !== undefined) chosen.add(other)
    }
    return [...chosen].flatMap((other) => other.addresses())
  }

  #closeAll(network: MemoryNetwork): void {
    const host = this.host(network.host)
    if (host.running === network) host.running = undefined
    for (const end of this.#endsOf(network)) {
      end.close(new NotConnectedError('this machine left the network'))
      this.#forgetNoticing(end)
    }
  }

  #crash(network: MemoryNetwork, how: { readonly silent: boolean }): void {
    network.kill()
    for (const end of this.#endsOf(network)) {
      end.kill(how)
      this.#forgetNoticing(end)
      if (how.silent) this.#noticeLater(end.remote)
    }
  }

  #allConnections(): Connection[] {
    return [...this.#connections.values()].flatMap((connections) => [...connections])
  }

  #endsOf(network: MemoryNetwork): ConnectionEnd[] {
    return this.#allConnections()
      .flat()
      .filter((end) => end.owner === network)
  }

  async #dial(from: MemoryNetwork, address: MemoryAddress, signal: AbortSignal | undefined): Promise<ConnectionEnd> {
    if (address.device === from.device) throw new DialError('that is this machine itself')
    if (address.host === undefined) throw new DialError('there is no such place in this network')
    const link = this.#link(from.host, address.host)
    const wait = async (duration: number): Promise<void> => {
      await pause(this.#clock, duration, signal)
      if (!from.running) await gone(from)
    }
    const roundTrip = 2 * (link.quality.delay + link.quality.jitter * this.#random.float())
    if (!link.cut)
      await wait(this.#hosts.get(address.host)?.running === undefined ? roundTrip : roundTrip * HANDSHAKE_ROUND_TRIPS)
    if (link.cut) {
      await wait(DIAL_TIMEOUT_MS)
      throw new DialError(`${address.host} does not answer`)
    }
    const to = this.#hosts.get(address.host)?.running
    if (to === undefined) throw new DialError(`nobody listens on ${address.host}`)
    if (to.device !== address.device) throw new DialError(`${address.host} is ${to.device} now`)
    const existing = this.#existing(from, link)
    if (existing === undefined && to.isFull) throw new DialError(`${address.host} has no room for more connections`)
    const end = existing ?? this.#join(from, to, link)
    await abortable(end.admission(), signal)
    return end
  }

  /** `from`'s end of a connection over the link that both have, or are about to have. */
  #existing(from: MemoryNetwork, link: Link): ConnectionEnd | undefined {
    const connections = this.#connections.get(link) ?? []
    for (const [a, b] of connections) {
      if (!a.closed && !b.closed) return a.owner === from ? a : b
      // The end that has not noticed yet learns it now.
      for (const end of [a, b]) {
        this.#forgetNoticing(end)
        end.giveUp(new NotConnectedError(`${end.remoteHost} began a new connection`))
      }
    }
    return undefined
  }

  #join(from: MemoryNetwork, to: MemoryNetwork, link: Link): ConnectionEnd {
    const wire = (): Wire => new Wire(link, this.#clock, this.#random)
    const near = new ConnectionEnd(from, to.host, 'dialler', wire())
    const far = new ConnectionEnd(to, from.host, 'listener', wire())
    ConnectionEnd.join(near, far)
    // All others over this link are closed at both ends by now.
    this.#connections.set(link, new Set([[near, far]]))
    void near.passGate(from.gate, this.#clock)
    void far.passGate(to.gate, this.#clock)
    return near
  }
}

/** How a host ends without a word to anybody. */
export interface CrashOptions {
  /** true: as when the power goes, and others notice by themselves. Default: the system closes its connections. */
  readonly silent?: boolean
}

interface HostRoom {
  readonly make: (options: MemoryNetworkOptions) => MemoryNetwork
  readonly crash: (network: MemoryNetwork, how: { readonly silent: boolean }) => void
}

/** A machine of the simulation, on which at most one peer runs at a time. */
export class SimulatedHost {
  readonly name: string
  /** The network that runs here now. */
  running: MemoryNetwork | undefined
  readonly #room: HostRoom

  constructor(name: string, room: HostRoom) {
    this.name = name
    this.#room = room
  }

  /** A network for a peer on this host, not started; one for each start of the peer's process. */
  network(options: MemoryNetworkOptions): MemoryNetwork {
    return this.#room.make(options)
  }

  /** Kills the process that runs here: what waits on its network never goes on. A fresh `network` is a restart. */
  crash(options: CrashOptions = {}): void {
    const network = this.running
    this.running = undefined
    if (network !== undefined) this.#room.crash(network, { silent: options.silent === true })
  }
}

async function gone(network: MemoryNetwork): Promise<never> {
  if (network.killed) await never()
  throw new AbortedError('this machine left the network')
}

async function abortable(work: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await work
    return
  }
  await new Promise<void>((resolve, reject) => {
    const onAbort = (): void => reject(new AbortedError())
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
