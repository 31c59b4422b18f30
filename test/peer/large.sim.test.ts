import { describe, expect, test, vi } from 'vitest'

import { concatBytes, toHex } from '../../src/base/bytes.ts'
import { sha256 } from '../../src/base/hash.ts'
import type * as DeviceKeys from '../../src/identity/device-key.ts'
import type { Swarm } from '../../src/peer/swarm.ts'
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
const IDLE_MS = 30_000

describe('a swarm of 200', () => {
  test('a change of membership is known by all in less than 4 s, and idle it costs each peer less than 1.2 kB a second', async () => {
    await simulate({ seed: 1, discovery: 'view' }, async (simulation) => {
      const peers = new SimulatedSwarm(simulation, { capacity: () => Promise.reject(new Error('not told here')) })
      const all = await openSimulatedSwarm(peers, 200)
      const [founder] = all
      if (founder === undefined) throw new Error('nobody')
      await simulation.clock.advance(IDLE_MS)

      const before = simulation.network.sent
      await simulation.clock.advance(IDLE_MS)
      const rate = ((simulation.network.sent - before) * 1000) / IDLE_MS / all.length

      const startedAt = simulation.clock.monotonic()
      const person = all[100]?.members().people.find(({ self }) => self)?.personId ?? ''
      await simulation.run(() => founder.membership.acts.removePerson(person))
      const knows = (one: Swarm): boolean =>
        one.members().people.find(({ personId }) => personId === person)?.standing === 'removed'
      await simulation.until('all to know', () => all.every(knows), { limit: 60_000, step: 50 })
      const took = simulation.clock.monotonic() - startedAt

      const links = (simulation.network.connections * 2) / all.length
      console.log(
        `200 peers: ${links.toFixed(1)} connections each, ${rate.toFixed(0)} bytes/s each when idle, a removal known by all after ${took.toFixed(0)} ms`,
      )
      expect(took).toBeLessThan(KNOWN_WITHIN_MS)
      expect(rate).toBeLessThan(IDLE_BYTES_PER_SECOND)
    })
  })
})
