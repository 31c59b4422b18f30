import { seededRandom } from '../../src/base/random.ts'
import { deviceKeyFromSeed } from '../../src/identity/device-key.ts'
import type { MemoryNetwork } from '../../src/network/memory/index.ts'
import { SimulatedNetwork } from '../../src/network/memory/index.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import { networkContract } from './contract.ts'

const SEEDS = { alice: 1, bob: 2, carol: 3, dave: 4 } as const

networkContract('simulated', async () => {
  const clock = new VirtualClock()
  const simulation = new SimulatedNetwork({ clock, random: seededRandom(1) })
  const made: MemoryNetwork[] = []
  return {
    make(name, options = {}) {
      const key = deviceKeyFromSeed(new Uint8Array(32).fill(SEEDS[name]))
      const network = simulation.host(name).network({ key, ...options })
      made.push(network)
      return network
    },
    run: (work) => clock.drive(work()),
    until: (condition, what) => clock.runUntil(condition, { what, limit: 60_000 }),
    pass: (milliseconds) => clock.advance(milliseconds),
    end: () => clock.drive(Promise.all(made.map((network) => network.stop())).then(() => undefined)),
  }
})
