import { codeOf, messageOf } from '../../src/base/errors.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import type { Random } from '../../src/base/random.ts'
import { pick } from '../../src/base/random.ts'
import type { Role } from '../../src/identity/roster/index.ts'
import type { Swarm } from '../../src/peer/swarm.ts'
import { MemoryDisk } from '../../src/store/index.ts'
import type { SimulatedMachine, Simulation } from '../support/simulation.ts'
import type { SimulatedSwarm } from './simulated-swarm.ts'

export const MAX_MACHINES = 7
/** Links that newcomers have: some of them were used before. */
const LATEST = 3
const ROLES: readonly Role[] = ['owner', 'admin', 'member', 'member', 'observer', 'helper']
const GIVEN: readonly Role[] = ['owner', 'admin', 'member', 'observer']
const WORDS = ['roof', 'bread', 'wine', 'seven', 'garden', 'music', '\n', ' ']
/** What people are told who try what they may not, or what is there no more. */
const USUAL = new Set(['NOT_ALLOWED', 'NOT_ALLOWED_TO_WRITE', 'NOT_FOUND', 'CHANNEL_NOT_FOUND', 'DOCUMENT_NOT_FOUND'])

/**
 * People who come, go, change each other's roles and write, at random. What they do is not waited for: a machine that is
 * killed meanwhile never ends it. Nobody touches the founder, so that there is one whom all agree with in the end.
 */
export class MembershipStory {
  readonly peers: SimulatedSwarm
  readonly founder: SimulatedMachine
  readonly channel: string
  readonly document: string
  /** Acknowledged messages by id, with who wrote them. */
  readonly said = new Map<string, DeviceId>()
  /** Of whose person somebody changed the role, or tried to: what they wrote may count or not. */
  readonly touched = new Set<DeviceId>()
  /** What failed otherwise than people are told of. */
  readonly failures: string[] = []
  readonly #simulation: Simulation
  readonly #links: string[] = []
  readonly #refused = new Set<SimulatedMachine>()
  #newcomers = 0

  constructor(options: {
    readonly peers: SimulatedSwarm
    readonly founder: SimulatedMachine
    readonly channel: string
    readonly document: string
  }) {
    this.peers = options.peers
    this.founder = options.founder
    this.channel = options.channel
    this.document = options.document
    this.#simulation = options.peers.simulation
  }

  get #random(): Random {
    return this.#simulation.random
  }

  /** A newcomer at the door with one of the links that were given away. */
  async arrive(): Promise<void> {
    if (this.#links.length === 0) return
    const outside = [...this.#refused]
    const { machines } = this.#simulation
    if (outside.length === 0 && machines.length >= MAX_MACHINES) return
    const [again] = outside
    const machine = again ?? this.#simulation.machine(`n${this.#newcomers++}`)
    const link = pick(this.#random, this.#links.slice(-LATEST))
    this.#refused.delete(machine)
    this.#simulation.note(`${machine.name} asks to come in`)
    const swarm = await this.peers.enter(machine, `of ${machine.name}`, link)
    swarm.membership.events.on('entry:refused', ({ reason }) => {
      if (reason === 'admitter' || this.#refused.has(machine)) return
      this.#simulation.note(`${machine.name} is refused: ${reason}`)
      this.#refused.add(machine)
    })
  }

  /** Those who were refused forget what they had, as the peer does it. */
  sendAway(): void {
    for (const machine of this.#refused) {
      if (!this.peers.running.has(machine)) continue
      this.peers.kill(machine, 'process')
      machine.disk = new MemoryDisk({ name: machine.name })
    }
  }

  isOutside(machine: SimulatedMachine): boolean {
    return this.#refused.has(machine)
  }

  /** Whoever may not write does not try: a document keeps what its journal refused. */
  write(machine: SimulatedMachine, { documents, membership, messages }: Swarm): void {
    if (!membership.own({ hasNeighbours: true }).mayWrite) return
    const word = pick(this.#random, WORDS)
    if (this.#random.below(2) === 0) {
      const posting = messages.post(this.channel, `${word} ${this.#random.below(1000)}`)
      this.#attempt(posting.then(({ id }) => void this.said.set(id, machine.key.device)))
    } else this.#attempt(documents.append(this.document, word))
  }

  /** Something that one says about who belongs. */
  govern(machine: SimulatedMachine, swarm: Swarm): void {
    const random = this.#random
    const { acts, invites, links } = swarm.membership
    const { devices, people } = swarm.members()
    const others = people.filter(({ personId }) => personId !== this.founder.key.device)
    const person = others.length === 0 ? undefined : pick(random, others)
    const away = devices.filter(({ deviceId }) => deviceId !== this.founder.key.device)
    const device = away.length === 0 ? undefined : pick(random, away)
    const say = (what: string, work: () => Promise<unknown>): void => {
      this.#simulation.note(`${machine.name} ${what}`)
      this.#attempt(work())
    }
    const dice = random.below(24)
    if (dice < 6) {
      const options = { role: pick(random, ROLES), uses: 1 + random.below(2) }
      say(`invites ${options.role}`, async () => this.#give((await invites.create(options)).link))
    } else if (dice < 9) {
      say('links a machine', async () => this.#give(links.create().link))
    } else if (dice < 12 && person !== undefined) {
      const role = pick(random, GIVEN)
      for (const touched of person.devices) this.touched.add(touched as DeviceId)
      say(`makes ${person.name} ${role}`, () => acts.changeRole(person.personId, role))
    } else if (dice < 14 && person !== undefined) {
      say(`removes ${person.name}`, () => acts.removePerson(person.personId))
    } else if (dice < 15 && device !== undefined) {
      say(`removes the machine ${device.name}`, () => acts.removeDevice(device.deviceId))
    } else if (dice < 19 && device !== undefined) {
      const suspended = devices.find(({ standing }) => standing === 'suspended') ?? device
      say(`confirms ${suspended.name}`, () => acts.confirm(suspended.deviceId))
    } else if (dice < 20 && machine !== this.founder) say('leaves', () => acts.leave())
    else if (dice < 22) say('renames the swarm', () => acts.renameSwarm(`Studio ${random.below(100)}`))
    else say('renames itself', () => acts.renameDevice(`${machine.name} ${random.below(100)}`))
  }

  #give(link: string | null): void {
    if (link !== null) this.#links.push(link)
  }

  #attempt(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!USUAL.has(codeOf(error))) this.failures.push(`${codeOf(error)}: ${messageOf(error)}`)
    })
  }
}
