import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

import { DelayLine } from './netlab-delay.ts'

/** Names of namespaces tell whose lab they are, so that what a killed run left behind is found by the next one. */
const FAMILY = 'murmuration-lab'
let labs = 0

/** What a router of a home does with what comes and goes. */
export type Nat = 'port-restricted' | 'symmetric'

export interface Home {
  readonly name: string
  readonly nat: Nat
  readonly hosts: number
}

export interface Impairment {
  /** On everything that the host receives, in milliseconds. */
  readonly delay?: number
  /** The share of packets that it loses, 0 to 1. */
  readonly loss?: number
}

interface Host {
  readonly name: string
  readonly namespace: string
  readonly addresses: string[]
  /** The host that stands between this one and the rest; itself where there is none. */
  readonly edge: string
}

/**
 * Hosts on one machine, each a network namespace of Linux, on bridges of a namespace that leads nowhere else: no packet
 * leaves the lab. Needs root, iproute2 and iptables; delays need python3.
 */
export class NetLab {
  readonly #prefix: string
  readonly #switch: string
  readonly #hosts = new Map<string, Host>()
  readonly #delays = new Map<string, DelayLine>()
  #ports = 0

  /** `h1` to `hN` on one cable, 10.77.0.1 and on, with no way to anywhere else. */
  static lan(hosts: number): NetLab {
    return NetLab.#build((lab) => {
      for (let i = 1; i <= hosts; i++) {
        const name = `h${i}`
        lab.#add(name)
        lab.attach(name, 'lan', `10.77.0.${i}/24`)
      }
    })
  }

  /** An internet with public hosts, and homes (`a1`, `a2` behind the router `ra`) whose routers translate addresses. */
  static internet(options: { readonly publics: readonly string[]; readonly homes: readonly Home[] }): NetLab {
    return NetLab.#build((lab) => {
      for (const [at, name] of options.publics.entries()) {
        lab.#add(name)
        lab.attach(name, 'wan', `203.0.113.${10 + at}/24`)
      }
      for (const [at, home] of options.homes.entries()) lab.#addHome(home, at + 1)
    })
  }

  static #build(build: (lab: NetLab) => void): NetLab {
    const lab = new NetLab()
    try {
      build(lab)
      return lab
    } catch (error) {
      lab.end()
      throw error
    }
  }

  private constructor() {
    removeLeftovers()
    labs++
    this.#prefix = `${FAMILY}-${process.pid}-${labs}`
    this.#switch = `${this.#prefix}-sw`
    process.once('exit', this.#onExit)
    run('ip', 'netns', 'add', this.#switch)
  }

  /** What goes before a command to run it on this host; the process keeps its id. */
  wrapper(host: string): readonly string[] {
    return ['nsenter', `--net=/run/netns/${this.#host(host).namespace}`, '--']
  }

  /** Runs a command on a host until it ends. @throws where it fails */
  run(host: string, ...command: readonly string[]): string {
    return run(...this.wrapper(host), ...command)
  }

  /** The address of a host on its first cable. */
  address(host: string): string {
    const [first = ''] = this.#host(host).addresses
    return first
  }

  get hosts(): readonly string[] {
    return [...this.#hosts.keys()]
  }

  /** Connects a host to a bridge, which is made on first use, with a new interface: `eth0`, then `eth1`. */
  attach(host: string, bridge: string, address: string): void {
    const { namespace, addresses } = this.#host(host)
    this.#bridge(bridge)
    const name = `eth${addresses.length}`
    this.#ports++
    const port = `p${this.#ports}`
    run('ip', 'link', 'add', name, 'netns', namespace, 'type', 'veth', 'peer', 'name', port, 'netns', this.#switch)
    this.#inSwitch('ip', 'link', 'set', port, 'master', `br-${bridge}`, 'up')
    // One packet at a time, so that loss hits packets and not bundles of them.
    this.run(host, 'ip', 'link', 'set', name, 'gso_max_segs', '1', 'up')
    this.run(host, 'ip', 'address', 'add', address, 'dev', name)
    if (addresses.length === 0) this.run(host, 'ip', 'route', 'add', '224.0.0.0/4', 'dev', name)
    addresses.push(withoutMask(address))
  }

  /** Gives an interface another address, as a new lease does. */
  readdress(host: string, address: string, device = 'eth0'): void {
    const { addresses } = this.#host(host)
    this.run(host, 'ip', 'address', 'flush', 'dev', device)
    this.run(host, 'ip', 'address', 'add', address, 'dev', device)
    this.run(host, 'ip', 'route', 'replace', '224.0.0.0/4', 'dev', device)
    addresses[Number(device.slice(3))] = withoutMask(address)
  }

  /** Pulls a cable out, or puts it back. */
  setLink(host: string, device: string, state: 'up' | 'down'): void {
    this.run(host, 'ip', 'link', 'set', device, state)
  }

  /** Has a home's router pass a port on to a host behind it, as a person sets it up. */
  forward(host: string, port: number): void {
    const router = this.#host(host).edge
    for (const protocol of ['tcp', 'udp']) {
      const rule = ['-p', protocol, '--dport', String(port), '-j', 'DNAT', '--to-destination', this.address(host)]
      this.run(router, 'iptables', '-w', '-t', 'nat', '-A', 'PREROUTING', '-i', 'eth0', ...rule)
    }
  }

  /** Nothing gets to the host or away from it, and nobody is told. */
  cut(host: string): void {
    for (const chain of CHAINS) this.run(host, 'iptables', '-w', '-I', chain, '1', '!', '-i', 'lo', '-j', 'DROP')
  }

  /** Hosts reach those of their own part only; hosts of a home are parted by their router. */
  partition(...parts: readonly (readonly string[])[]): void {
    for (const [at, part] of parts.entries()) {
      const others = parts.filter((_, other) => other !== at).flat()
      for (const host of part) {
        for (const other of others) {
          for (const address of this.#host(this.#host(other).edge).addresses) {
            this.run(
              this.#host(host).edge,
              'iptables',
              '-w',
              '-t',
              'raw',
              '-A',
              'PREROUTING',
              '-s',
              address,
              '-j',
              'DROP',
            )
          }
        }
      }
    }
  }

  /** Ends cuts and partitions. */
  heal(): void {
    for (const host of this.hosts) {
      for (const chain of CHAINS) {
        const rule = ['iptables', '-w', '-D', chain, '!', '-i', 'lo', '-j', 'DROP']
        while (tryRun(...this.wrapper(host), ...rule));
      }
      this.run(host, 'iptables', '-w', '-t', 'raw', '-F')
    }
  }

  /** Delays and loses what a host receives; both zero ends it. */
  async impair(host: string, { delay = 0, loss = 0 }: Impairment): Promise<void> {
    this.#delays.get(host)?.stop()
    this.#delays.delete(host)
    this.run(host, 'iptables', '-w', '-t', 'mangle', '-F', 'PREROUTING')
    const rule = (...rest: readonly string[]): void => {
      this.run(host, 'iptables', '-w', '-t', 'mangle', '-A', 'PREROUTING', '-i', 'eth+', ...rest)
    }
    if (loss > 0) rule('-m', 'statistic', '--mode', 'random', '--probability', String(loss), '-j', 'DROP')
    if (delay === 0) return
    this.#delays.set(host, await DelayLine.start(this.wrapper(host), delay))
    rule('-j', 'NFQUEUE', '--queue-num', '0', '--queue-bypass')
  }

  /** Removes everything. What still runs on the hosts is cut off from all. */
  end(): void {
    process.off('exit', this.#onExit)
    for (const delay of this.#delays.values()) delay.stop()
    for (const { namespace } of this.#hosts.values()) tryRun('ip', 'netns', 'delete', namespace)
    tryRun('ip', 'netns', 'delete', this.#switch)
    this.#hosts.clear()
  }

  readonly #onExit = (): void => this.end()

  #addHome(home: Home, number: number): void {
    const router = `r${home.name}`
    const network = `10.77.${number}`
    this.#add(router)
    // The outside first: that is the address by which others know the home.
    this.attach(router, 'wan', `203.0.113.${100 + number}/24`)
    this.attach(router, home.name, `${network}.1/24`)
    this.run(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
    const rule = (...rest: readonly string[]): void => void this.run(router, 'iptables', '-w', ...rest)
    const random = home.nat === 'symmetric' ? ['--random-fully'] : []
    rule('-t', 'nat', '-A', 'POSTROUTING', '-o', 'eth0', '-j', 'MASQUERADE', ...random)
    rule('-P', 'FORWARD', 'DROP')
    rule('-A', 'FORWARD', '-i', 'eth1', '-j', 'ACCEPT')
    rule('-A', 'FORWARD', '-m', 'conntrack', '--ctstate', 'ESTABLISHED,RELATED,DNAT', '-j', 'ACCEPT')
    // What nobody asked for is dropped without a word, or the router itself would take the ports that are to be punched.
    rule('-A', 'INPUT', '-i', 'eth0', '-m', 'conntrack', '--ctstate', 'NEW', '-j', 'DROP')
    for (let i = 1; i <= home.hosts; i++) {
      const name = `${home.name}${i}`
      this.#add(name, router)
      this.attach(name, home.name, `${network}.${10 + i}/24`)
      this.run(name, 'ip', 'route', 'add', 'default', 'via', `${network}.1`)
    }
  }

  #add(name: string, edge = name): void {
    const namespace = `${this.#prefix}-${name}`
    run('ip', 'netns', 'add', namespace)
    this.#hosts.set(name, { name, namespace, addresses: [], edge })
    this.run(name, 'ip', 'link', 'set', 'lo', 'up')
    this.run(name, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1')
  }

  #bridge(cable: string): void {
    const name = `br-${cable}`
    if (tryRun('ip', '-n', this.#switch, 'link', 'show', name)) return
    const quiet = ['mcast_snooping', '0', 'stp_state', '0', 'forward_delay', '0']
    this.#inSwitch('ip', 'link', 'add', name, 'type', 'bridge', ...quiet)
    this.#inSwitch('ip', 'link', 'set', name, 'up')
  }

  #inSwitch(...command: readonly string[]): void {
    run('nsenter', `--net=/run/netns/${this.#switch}`, '--', ...command)
  }

  #host(name: string): Host {
    const host = this.#hosts.get(name)
    if (host === undefined) throw new Error(`the lab has no host ${name}; it has ${this.hosts.join(', ')}`)
    return host
  }
}

/** Removes the labs of processes that are gone, with what still runs in them. */
function removeLeftovers(): void {
  for (const line of run('ip', 'netns', 'list').split('\n')) {
    const [namespace = ''] = line.split(' ')
    const [, owner] = new RegExp(`^${FAMILY}-(\\d+)-`).exec(namespace) ?? []
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue
    for (const pid of run('ip', 'netns', 'pids', namespace).split('\n').filter(Boolean)) tryRun('kill', '-9', pid)
    tryRun('ip', 'netns', 'delete', namespace)
  }
}

const CHAINS = ['INPUT', 'FORWARD'] as const

function withoutMask(address: string): string {
  return address.split('/')[0] ?? address
}

function run(...command: readonly string[]): string {
  const [program = '', ...args] = command
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command.join(' ')} failed: ${error?.message ?? stderr}`)
  return stdout
}

function tryRun(...command: readonly string[]): boolean {
  const [program = '', ...args] = command
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}
