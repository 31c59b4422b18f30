import type { DeviceId } from '../../src/base/ids.ts'
import type { Logger } from '../../src/base/log.ts'
import { silentLogger } from '../../src/base/log.ts'
import type { Mailbox, MailboxLimits, Machine } from '../../src/mailbox/index.ts'
import { createMailbox } from '../../src/mailbox/index.ts'
import { concatBytes, utf8 } from '../../src/base/bytes.ts'
import type { CrashOptions } from '../../src/network/memory/index.ts'
import { MemoryDisk, MemoryStore, prefixRange } from '../../src/store/index.ts'
import type { Simulation, SimulatedMachine } from '../support/simulation.ts'
import type { Spy } from './spied-network.ts'
import { spiedOn } from './spied-network.ts'

export const PREFIX = utf8('mb')

export interface LabOptions {
  readonly helpers?: readonly string[]
  readonly limits?: Partial<MailboxLimits>
  /** Sees each frame of the mailbox as the process of that name sends or receives it. */
  readonly spy?: Spy
  readonly logger?: Logger
}

/** Machines of one swarm in a simulation, each with a mailbox. */
export class MailboxLab {
  readonly simulation: Simulation
  /** By name: what was delivered, as "sender: content". */
  readonly delivered = new Map<string, string[]>()
  /** Names of those who do not belong any more. */
  readonly gone = new Set<string>()
  /** Names of those who can't make use of what is delivered. */
  readonly refusing = new Set<string>()
  /** Names of those whom nobody knows yet. */
  readonly unknown = new Set<string>()
  readonly #options: LabOptions
  readonly #mailboxes = new Map<string, Mailbox>()

  constructor(simulation: Simulation, options: LabOptions = {}) {
    this.simulation = simulation
    this.#options = options
  }

  /** Adds machines that are off. */
  add(...names: readonly string[]): void {
    for (const name of names) {
      this.simulation.machine(name)
      this.delivered.set(name, [])
    }
  }

  machine(name: string): SimulatedMachine {
    const machine = this.simulation.machines.find((each) => each.name === name)
    if (machine === undefined) throw new Error(`there is no machine ${name}`)
    return machine
  }

  device(name: string): DeviceId {
    return this.machine(name).key.device
  }

  nameOf(device: DeviceId): string {
    return this.simulation.machines.find(({ key }) => key.device === device)?.name ?? device
  }

  mailbox(name: string): Mailbox {
    const mailbox = this.#mailboxes.get(name)
    if (mailbox === undefined) throw new Error(`${name} is off`)
    return mailbox
  }

  async on(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      this.simulation.note(`${name} on`)
      const machine = this.machine(name)
      const { clock, network, random, store } = machine.boot()
      const mailbox = createMailbox({
        network: this.#options.spy === undefined ? network : spiedOn(network, name, this.#options.spy),
        store,
        prefix: PREFIX,
        key: machine.key,
        clock,
        random,
        logger: this.#options.logger ?? silentLogger,
        machines: () => this.#machines(),
        mayHold: (device) => !this.gone.has(this.nameOf(device)),
        deliver: async (from, content) => {
          if (this.refusing.has(name)) throw new Error('of no use yet')
          this.delivered.get(name)?.push(`${this.nameOf(from)}: ${Buffer.from(content).toString()}`)
        },
        ...(this.#options.limits === undefined ? {} : { limits: this.#options.limits }),
      })
      this.#mailboxes.set(name, mailbox)
      await this.simulation.run(async () => {
        await store.start()
        await network.start()
        await mailbox.start()
      })
    }
  }

  /** Stops a machine as a person does. */
  async off(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      this.simulation.note(`${name} off`)
      const { process } = this.machine(name)
      const mailbox = this.mailbox(name)
      await this.simulation.run(async () => {
        await mailbox.stop()
        await process?.network.stop()
        await process?.store.stop()
      })
      this.#mailboxes.delete(name)
    }
  }

  kill(name: string, options: CrashOptions & { readonly power?: boolean } = {}): void {
    this.simulation.note(`${name} killed`)
    if (options.power === true) this.machine(name).powerCut()
    else this.machine(name).kill(options)
    this.#mailboxes.delete(name)
  }

  async leave(from: string, to: string, content: string, exclude: readonly string[] = []): Promise<void> {
    this.simulation.note(`${from} leaves "${content}" for ${to}`)
    const parcel = {
      to: this.device(to),
      name: content,
      content: utf8(content),
      exclude: exclude.map((name) => this.device(name)),
    }
    await this.simulation.run(() => this.mailbox(from).leave(parcel))
  }

  async withdraw(from: string, to: string, name: string): Promise<void> {
    this.simulation.note(`${from} withdraws "${name}"`)
    await this.simulation.run(() => this.mailbox(from).withdraw(this.device(to), name))
  }

  /** Names of the machines that hold it, as its sender knows. */
  waitingOn(from: string, to: string, name: string): readonly string[] {
    const holders = this.mailbox(from).waitingOn(this.device(to), name)
    return holders.map((device) => this.nameOf(device)).sort()
  }

  async untilHeld(from: string, to: string, name: string, holders: readonly string[]): Promise<void> {
    const held = (): string => this.waitingOn(from, to, name).join(' ')
    await this.simulation.until(
      `${name} is held by ${holders.join(' ')}`,
      () => held() === [...holders].sort().join(' '),
    )
  }

  async untilDelivered(to: string, ...contents: readonly string[]): Promise<void> {
    const all = (): readonly string[] => this.delivered.get(to) ?? []
    await this.simulation.until(`${contents.join(', ')} came to ${to}`, () =>
      contents.every((each) => all().includes(each)),
    )
  }

  /** The machine, which is off, forgets everything but who it is. */
  async loseDisk(name: string): Promise<void> {
    this.machine(name).disk = new MemoryDisk({ name })
  }

  /** Changes a byte of each envelope that the machine, which is off, holds. */
  async spoil(name: string): Promise<void> {
    const store = new MemoryStore(this.machine(name).disk)
    await store.start()
    for (const [key, value] of await recordsIn(store, 'b')) {
      value[200] = (value[200] ?? 0) ^ 1
      await store.write([{ type: 'put', key, value }], { durable: true })
    }
    await store.stop()
  }

  /** Keys and values that a running mailbox has in its store, by letters of their kinds. */
  async recordsOf(name: string, ...letters: readonly string[]): Promise<(readonly [Uint8Array, Uint8Array])[]> {
    const store = this.machine(name).process?.store
    if (store === undefined) throw new Error(`${name} is off`)
    const found = await Promise.all(letters.map(async (letter) => await recordsIn(store, letter)))
    return found.flat()
  }

  /** Sets everybody's wall clock forward: days in which nothing happens. */
  jump(milliseconds: number): void {
    for (const machine of this.simulation.machines) {
      machine.clockOffset += milliseconds
      if (machine.process !== undefined) machine.process.clock.offset = machine.clockOffset
    }
  }

  /** Lets time pass, to see that something does not happen, or that it is over. */
  async pass(milliseconds: number): Promise<void> {
    await this.simulation.clock.advance(milliseconds)
  }

  #machines(): readonly Machine[] {
    return this.simulation.machines
      .filter(({ name }) => !this.unknown.has(name))
      .map(({ key, name }) => ({
        device: key.device,
        helper: this.#options.helpers?.includes(name) ?? false,
        active: !this.gone.has(name),
      }))
  }
}

async function recordsIn(store: MemoryStore, letter: string): Promise<(readonly [Uint8Array, Uint8Array])[]> {
  const found: (readonly [Uint8Array, Uint8Array])[] = []
  for await (const record of store.entries(prefixRange(concatBytes(PREFIX, utf8(letter))))) found.push(record)
  return found
}
