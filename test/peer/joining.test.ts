import { expect, test } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import { Emitter } from '../../src/base/emitter.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import { deviceKeyFromSeed } from '../../src/identity/index.ts'
import { enter } from '../../src/peer/joining.ts'
import type { MembershipEvents } from '../../src/peer/membership/membership.ts'
import type { Swarm } from '../../src/peer/swarm.ts'

const idOf = (seed: number): DeviceId => deviceKeyFromSeed(new Uint8Array(32).fill(seed)).device
const [bob, mallory] = [idOf(1), idOf(2)]

/** A swarm that dials bob, who does not answer yet. */
function entering() {
  const refusals = new Emitter<MembershipEvents>()
  const connections = new Emitter<{ readonly 'peer:connected': { readonly device: DeviceId } }>()
  const network = { events: connections, connect: () => new Promise(() => undefined), reach: () => ({ missing: [] }) }
  const swarm = { name: 'Studio', membership: { events: refusals }, network } as unknown as Swarm
  const addresses = [`/ip4/127.0.0.1/tcp/4001/p2p/${bob}`]
  const options = { swarm, addresses, mdns: true, clock: systemClock, tell: () => undefined }
  const entered = enter(options, new AbortController().signal)
  return { connections, entered, refusals }
}

test('a machine of the local network that speaks of another version does not end the way in of who finds it', async () => {
  const { connections, entered, refusals } = entering()
  refusals.emit('entry:refused', { reason: 'outdated', by: mallory })
  connections.emit('peer:connected', { device: bob })
  await entered
})

test('a machine that the link names ends it by that', async () => {
  const { entered, refusals } = entering()
  refusals.emit('entry:refused', { reason: 'outdated', by: bob })
  await expect(entered).rejects.toMatchObject({ message: expect.stringContaining('newer') as string })
})
