import type { Capacity } from '../../src/api/contract/index.ts'
import type { SpaceId } from '../../src/base/ids.ts'
import { silentLogger } from '../../src/base/log.ts'
import type { EntryRequest } from '../../src/identity/roster/index.ts'
import { decodeLink, foundedSpace, requestJoin, requestLink } from '../../src/identity/roster/index.ts'
import type { Gate, Network } from '../../src/network/network.ts'
import { Notices } from '../../src/peer/notices.ts'
import { Swarm } from '../../src/peer/swarm.ts'
import type { SimulatedMachine, Simulation } from '../support/simulation.ts'

/** What all machines of a simulation say that they have. */
const CAPACITY: Capacity = {
  cores: 4,
  load: 0,
  memoryBytes: 2 ** 33,
  memoryFreeBytes: 2 ** 32,
  diskBytes: 2 ** 40,
  diskFreeBytes: 2 ** 39,
  platform: 'linux',
}

/** Which swarm a machine's folder belongs to, and who uses it. */
interface Belonging {
  readonly space: SpaceId
  readonly person: string
  readonly request: EntryRequest | undefined
}

export interface SimulatedSwarmOptions {
  /** Puts something between each machine and its network. */
  readonly around?: (network: Network, machine: string) => Network
  /** What each machine says that it has; where it fails, machines say nothing. */
  readonly capacity?: () => Promise<Capacity>
}

/** Machines of one swarm, each with all that a peer runs for it, over a simulated network and simulated disks. */
export class SimulatedSwarm {
  readonly simulation: Simulation
  /** Put around a machine's network, by its name. */
  readonly #around: (network: Network, machine: string) => Network
  readonly running = new Map<SimulatedMachine, Swarm>()
  readonly #belonging = new Map<SimulatedMachine, Belonging>()

  readonly #capacity: () => Promise<Capacity>

  constructor(simulation: Simulation, options: SimulatedSwarmOptions = {}) {
    this.simulation = simulation
    this.#around = options.around ?? ((network) => network)
    this.#capacity = options.capacity ?? (async () => CAPACITY)
  }

  get all(): readonly Swarm[] {
    return [...this.running.values()]
  }

  /** Makes the swarm on this machine. */
  async found(machine: SimulatedMachine, person: string): Promise<Swarm> {
    const nonce = this.simulation.random.bytes(32)
    this.#belonging.set(machine, { space: foundedSpace(machine.key.device, nonce), person, request: undefined })
    const swarm = await this.boot(machine)
    await this.simulation.run(() => swarm.membership.found(nonce))
    return swarm
  }

  /** Starts a machine that asks to be let in with the link, whenever it meets a member. */
  async enter(machine: SimulatedMachine, person: string, text: string): Promise<Swarm> {
    const link = decodeLink(text)
    const { seed, space } = link
    const bearer = { space, seed, key: machine.key, machine: machine.name }
    const request: EntryRequest =
      link.type === 'invite'
        ? { type: 'join', join: requestJoin({ ...bearer, grant: link.grant, person }) }
        : { type: 'link', link: requestLink({ ...bearer, person: link.person }) }
    this.#belonging.set(machine, { space, person, request })
    return await this.boot(machine)
  }

  /** Starts what runs on the machine's disk. */
  async boot(machine: SimulatedMachine, options: { readonly damaged?: boolean } = {}): Promise<Swarm> {
    const belonging = this.#belonging.get(machine)
    if (belonging === undefined) throw new Error(`${machine.name} belongs to no swarm`)
    const { person, request, space } = belonging
    let gate: Gate | undefined
    const { clock, network, random, store } = machine.boot({
      gate: async (...how) => await gate?.(...how),
    })
    return await this.simulation.run(async () => {
      await store.start()
      const swarm = new Swarm({
        record: { space, name: 'Studio' },
        key: machine.key,
        store,
        network: (asked) => {
          gate = asked
          return this.#around(network, machine.name)
        },
        request,
        fingerprint: machine.disk.name,
        damaged: options.damaged === true,
        dataDirectory: machine.name,
        capacity: this.#capacity,
        version: '0.0.0',
        names: () => ({ person, machine: machine.name }),
        notices: new Notices(clock, () => undefined),
        clock,
        random,
        logger: silentLogger,
      })
      await swarm.start()
      this.running.set(machine, swarm)
      return swarm
    })
  }

  kill(machine: SimulatedMachine, how: 'process' | 'power'): void {
    if (how === 'power') machine.powerCut()
    else machine.kill()
    this.running.delete(machine)
  }

  /** A link by this machine that so many come in with. */
  async invite(machine: Swarm, options: Parameters<Swarm['membership']['invites']['create']>[0] = {}): Promise<string> {
    const { link } = await this.simulation.run(() => machine.membership.invites.create(options))
    if (link === null) throw new Error('an invite without a link')
    return link
  }

  /** All of them hold the same, and wait for nothing. */
  isEqual(): boolean {
    return this.all.every(isSettled) && new Set(this.all.map(({ journal }) => journal.frontier().join())).size <= 1
  }
}

/** What is known to exist is here, and in its place. */
function isSettled({ journal }: Swarm): boolean {
  const { missing, waiting } = journal.replicas()
  return missing === 0 && waiting === 0
}

/** Everything that a machine knows of who belongs, but for what is its own view; equal on two that know the same. */
export function rosterOf(swarm: Swarm): string {
  const { devices, people } = swarm.members()
  const lines = [
    swarm.name,
    ...people.map(({ devices: of, name, personId, role, standing }) =>
      ['person', personId, name, role, standing, ...[...of].sort()].join(' '),
    ),
    ...devices.map(({ deviceId, name, personId, role, standing }) =>
      ['device', deviceId, name, personId ?? '-', role, standing].join(' '),
    ),
  ]
  return lines.sort().join('\n')
}
