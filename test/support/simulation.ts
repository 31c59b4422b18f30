import { messageOf } from '../../src/base/errors.ts'
import type { Random } from '../../src/base/random.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { DeviceKey } from '../../src/identity/device-key.ts'
import { deviceKeyFromSeed } from '../../src/identity/device-key.ts'
import type { CrashOptions, Discovery, LinkQuality, MemoryNetwork } from '../../src/network/memory/index.ts'
import { SimulatedNetwork } from '../../src/network/memory/index.ts'
import type { Gate } from '../../src/network/network.ts'
import { MemoryDisk, MemoryStore } from '../../src/store/index.ts'
import type { MachineClock, RunOptions } from './virtual-clock.ts'
import { VirtualClock } from './virtual-clock.ts'

/** Operations that a failure shows. */
const MAX_NOTES = 400

export interface SimulationOptions {
  readonly seed: number
  readonly link?: Partial<LinkQuality>
  /** Default: everybody hears of everybody. */
  readonly discovery?: Discovery
}

/**
 * Machines, their disks and clocks, and the network between them, in one process under one virtual clock: with the
 * same seed and the same use everything goes the same way.
 */
export class Simulation {
  readonly seed: number
  /** For the scenario's own choices. */
  readonly random: Random
  readonly clock = new VirtualClock()
  readonly network: SimulatedNetwork
  readonly #machines = new Map<string, SimulatedMachine>()
  readonly #notes: string[] = []

  constructor(options: SimulationOptions) {
    this.seed = options.seed
    this.random = seededRandom(options.seed)
    this.network = new SimulatedNetwork({
      clock: this.clock,
      random: this.#branch(),
      discovery: options.discovery ?? 'full',
      ...(options.link === undefined ? {} : { link: options.link }),
    })
  }

  /** A machine with a device and an empty disk of its own. */
  machine(name: string, options: MachineOptions = {}): SimulatedMachine {
    if (this.#machines.has(name)) throw new Error(`there is a machine ${name} already`)
    const machine = new SimulatedMachine(this, name, this.#branch(), options)
    this.#machines.set(name, machine)
    return machine
  }

  get machines(): readonly SimulatedMachine[] {
    return [...this.#machines.values()]
  }

  /** Passes time until the work is done. */
  async run<T>(work: () => Promise<T>, options: Omit<RunOptions, 'step'> = {}): Promise<T> {
    return await this.clock.drive(work(), options)
  }

  /** Passes time until the condition holds. */
  async until(what: string, condition: () => boolean | Promise<boolean>, options: RunOptions = {}): Promise<void> {
    await this.clock.runUntil(condition, { what, ...options })
  }

  /** Writes down an operation, for the message of a failure. */
  note(operation: string): void {
    this.#notes.push(`${(this.clock.monotonic() / 1000).toFixed(3)} s  ${operation}`)
    if (this.#notes.length > MAX_NOTES) this.#notes.splice(0, MAX_NOTES / 2)
  }

  get notes(): readonly string[] {
    return this.#notes
  }

  /** A source of chance that others' use does not disturb. */
  #branch(): Random {
    return seededRandom(this.random.below(2 ** 32))
  }
}

export interface MachineOptions {
  /** Milliseconds by which its clock is off. */
  readonly clockOffset?: number
  /** Default: a device of its own, from the seed. */
  readonly key?: DeviceKey
  /** Default: an empty one. */
  readonly disk?: MemoryDisk
}

/** What a peer's process is given; nothing is started. */
export interface Process {
  readonly clock: MachineClock
  readonly random: Random
  readonly store: MemoryStore
  readonly network: MemoryNetwork
}

/** A machine that runs at most one process, loses it, and keeps its disk. */
export class SimulatedMachine {
  readonly name: string
  readonly key: DeviceKey
  disk: MemoryDisk
  clockOffset: number
  readonly #simulation: Simulation
  readonly #random: Random
  #process: Process | undefined

  constructor(simulation: Simulation, name: string, random: Random, options: MachineOptions) {
    this.#simulation = simulation
    this.name = name
    this.#random = random
    this.key = options.key ?? deviceKeyFromSeed(random.bytes(32))
    this.disk = options.disk ?? new MemoryDisk({ name })
    this.clockOffset = options.clockOffset ?? 0
  }

  /** The process that runs, if any. */
  get process(): Process | undefined {
    return this.#process
  }

  /** Parts for a fresh process; the one before must have stopped or be killed. */
  boot(options: { readonly gate?: Gate } = {}): Process {
    const clock = this.#simulation.clock.machine({ offset: this.clockOffset })
    this.#process = {
      clock,
      random: seededRandom(this.#random.below(2 ** 32)),
      store: new MemoryStore(this.disk),
      network: this.#simulation.network.host(this.name).network({ key: this.key, clock, ...options }),
    }
    return this.#process
  }

  /** `kill -9`: what it waits for never comes, no timer of it fires; writes that had resolved are on its disk. */
  kill(options: CrashOptions = {}): void {
    this.#simulation.network.host(this.name).crash(options)
    this.#process?.clock.halt()
    this.#process?.store.kill()
    this.#process = undefined
  }

  /** The plug is pulled: others notice by themselves, and the last writes that were not durable may be gone. */
  powerCut(): void {
    this.kill({ silent: true })
    this.disk.powerCut(this.#random)
  }

  /** A machine to which this one's folder was copied, key and all. */
  copy(name: string): SimulatedMachine {
    return this.#simulation.machine(name, { key: this.key, disk: this.disk.clone({ name }) })
  }
}

/** Runs a scenario; a failure names the seed and what was done before it. */
export async function simulate(
  options: SimulationOptions,
  scenario: (simulation: Simulation) => Promise<void>,
): Promise<Simulation> {
  const simulation = new Simulation(options)
  try {
    await scenario(simulation)
  } catch (error) {
    const told = simulation.notes.length === 0 ? '' : `\n--- what was done\n${simulation.notes.join('\n')}\n---`
    throw new Error(`with seed ${options.seed}: ${messageOf(error)}${told}`, { cause: error })
  }
  return simulation
}
