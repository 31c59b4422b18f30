import type { Machine } from '../../src/api/contract/index.ts'

/** What the machines are together. */
export interface Pool {
  readonly cores: number
  /** Cores in use, as a number of cores. */
  readonly busyCores: number
  readonly memoryBytes: number
  readonly memoryFreeBytes: number
  readonly diskBytes: number
  readonly diskFreeBytes: number
  /** Machines that are here. */
  readonly here: number
  /** Those of them that have said what they have. */
  readonly counted: readonly CountedMachine[]
  /** Those that have not. */
  readonly unknown: number
}

export type CountedMachine = Machine & { readonly capacity: NonNullable<Machine['capacity']> }

/** Adds up what the machines that are here have; those that are away give nothing now. */
export function poolOf(machines: readonly Machine[]): Pool {
  const here = machines.filter((machine) => machine.self || machine.online)
  const counted = here.filter((machine): machine is CountedMachine => machine.capacity !== null)
  const sum = (pick: (capacity: CountedMachine['capacity']) => number): number =>
    counted.reduce((total, machine) => total + pick(machine.capacity), 0)
  return {
    cores: sum((capacity) => capacity.cores),
    busyCores: sum((capacity) => capacity.cores * Math.min(1, Math.max(0, capacity.load))),
    memoryBytes: sum((capacity) => capacity.memoryBytes),
    memoryFreeBytes: sum((capacity) => capacity.memoryFreeBytes),
    diskBytes: sum((capacity) => capacity.diskBytes),
    diskFreeBytes: sum((capacity) => capacity.diskFreeBytes),
    here: here.length,
    counted,
    unknown: here.length - counted.length,
  }
}
