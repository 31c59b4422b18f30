/**
 * The simulated network: the Network port in memory, under any clock and a seeded random, with delay, loss, cuts,
 * partitions, crashes and restarts. For tests and simulations.
 */
export type { LinkQuality } from './link.ts'
export { DEFAULT_LINK } from './link.ts'
export type { MemoryNetworkOptions } from './memory-network.ts'
export { MemoryNetwork } from './memory-network.ts'
export type { CrashOptions, Discovery, SimulatedHost, SimulatedNetworkOptions } from './simulated-network.ts'
export { SimulatedNetwork } from './simulated-network.ts'
