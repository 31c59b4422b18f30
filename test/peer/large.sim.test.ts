import { describe, expect, test, vi } from 'vitest'

import { concatBytes, toHex } from '../../src/base/bytes.ts'
import { sha256 } from '../../src/base/hash.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import type * as DeviceKeys from '../../src/identity/device-key.ts'
import type { Swarm } from '../../src/peer/swarm.ts'
import type { Simulation } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'
import { openSimulatedSwarm } from './simulated-many.ts'
import { SimulatedSwarm } from './simulated-swarm.ts'

// Two hundred peers check the same signatures: each is checked for real once.
vi.mock('../../src/identity/device-key.ts', async (original) => {
  const real = await original<typeof DeviceKeys>()
  const known = new Map<string, boolean>()
  const verifySignature: typeof real.verifySignature = (publicKey, bytes, signature) => {
    const name = toHex(sha256(concatBytes(publicKey, signature, bytes)))
    const verdict = known.get(name) ?? real.verifySignature(publicKey, bytes, signature)
    known.set(name, verdict)
    return verdict
  }
  return { ...real, verifySignature }
})

const KNOWN_WITHIN_MS = 4000
const IDLE_BYTES_PER_SECOND = 1200
/** Those who came have chosen their neighbours by then. */
const MEETING_MS = 10_000
/** Everybody's report of what it holds has reached everybody by then. */
const SETTLE_MS = 60_000
const IDLE_MS = 30_000

/** What machines tell of themselves has nothing to do with who belongs, and is left out. */
const capacity = (): Promise<never> => Promise.reject(new Error('not told here'))

describe('a large swarm', () => {
  test('of 200: a removal is known by all in less than 4 s', { timeout: 600_000 }, async () => {
    await simulate({ seed: 1, discovery: 'view' }, async (simulation) => {
      const all = await openSimulatedSwarm(new SimulatedSwarm(simulation, { capacity }), 200)
      const [founder] = all
      const person = all[100]?.membership.own({ hasNeighbours: true }).personId ?? ''
      if (founder === undefined) throw new Error('nobody')
      await simulation.clock.advance(MEETING_MS)

      const startedAt = simulation.clock.monotonic()
      await simulation.run(() => founder.membership.acts.removePerson(person))
      const knows = ({ membership }: Swarm): boolean => membership.standingOf(person as DeviceId) === 'removed'
      await simulation.until('all to know', () => all.every(knows), { limit: 60_000, step: 10 })
      const took = simulation.clock.monotonic() - startedAt
      console.log(
        `200 peers, ${perPeer(simulation, all)} connections each: a removal known by all after ${Math.round(took)} ms`,
      )
      expect(took).toBeLessThan(KNOWN_WITHIN_MS)
    })
  })

  test('of 60, idle: who belongs costs each peer less than 1.2 kB a second', { timeout: 240_000 }, async () => {
    await simulate({ seed: 1, discovery: 'view' }, async (simulation) => {
      const all = await openSimulatedSwarm(new SimulatedSwarm(simulation, { capacity }), 60)
      await simulation.clock.advance(SETTLE_MS)
      const before = simulation.network.sent
      await simulation.clock.advance(IDLE_MS)
      const rate = ((simulation.network.sent - before) * 1000) / IDLE_MS / all.length
      console.log(`60 peers, ${perPeer(simulation, all)} connections each: ${Math.round(rate)} bytes a second each`)
      expect(rate).toBeLessThan(IDLE_BYTES_PER_SECOND)
    })
  })
})

function perPeer({ network }: Simulation, all: readonly Swarm[]): string {
  return ((network.connections * 2) / all.length).toFixed(1)
}
