import { afterEach, beforeAll, expect, test } from 'vitest'

import { utf8 } from '../../src/base/bytes.ts'
import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/log.ts'
import { systemRandom } from '../../src/base/random.ts'
import type { Mailbox } from '../../src/mailbox/index.ts'
import { createMailbox, MAX_CONTENT_BYTES } from '../../src/mailbox/index.ts'
import { loadLibp2p } from '../../src/network/index.ts'
import type { Network } from '../../src/network/network.ts'
import { MemoryStore } from '../../src/store/index.ts'
import { testKey } from '../network/libp2p/identities.ts'
import { Libp2pLab } from '../network/libp2p/lab.ts'
import { eventually } from '../support/eventually.ts'
import { checkLeaks } from '../support/leak-check.ts'

const NAMES = ['alice', 'bob', 'carol'] as const
type Name = (typeof NAMES)[number]

const lab = new Libp2pLab()
beforeAll(async () => {
  await loadLibp2p()
})
afterEach(() => lab.end())

interface Peer {
  readonly network: Network
  readonly mailbox: Mailbox
  readonly delivered: string[]
  stop(): Promise<void>
}

async function start(name: Name): Promise<Peer> {
  const network = lab.make(name)
  const store = new MemoryStore()
  const delivered: string[] = []
  const mailbox = createMailbox({
    network,
    store,
    prefix: utf8('mb'),
    key: testKey(name),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
    machines: () => NAMES.map((each) => ({ device: testKey(each).device, helper: false, active: true })),
    mayHold: () => true,
    deliver: async (from, content) => void delivered.push(`${from} ${content.length}`),
  })
  await store.start()
  await network.start()
  await mailbox.start()
  return {
    network,
    mailbox,
    delivered,
    async stop() {
      await mailbox.stop()
      await network.stop()
      await store.stop()
    },
  }
}

test('M1 over libp2p: what alice leaves with carol reaches bob after alice has gone', async () => {
  checkLeaks()
  const alice = await start('alice')
  const carol = await start('carol')
  await alice.network.connect(carol.network.addresses())
  const bobs = testKey('bob').device
  const sizes = [0, 10, 60_000, MAX_CONTENT_BYTES]
  for (const size of sizes) await alice.mailbox.leave({ to: bobs, name: `${size}`, content: new Uint8Array(size) })
  await eventually(() => carol.mailbox.held().envelopes === sizes.length, { what: 'carol holds all' })
  await eventually(() => alice.mailbox.waitingOn(bobs, '10')[0] === testKey('carol').device, { what: 'alice knows' })
  await alice.stop()
  const bob = await start('bob')
  await bob.network.connect(carol.network.addresses())
  await eventually(() => bob.delivered.length === sizes.length, { what: 'bob got all' })
  expect(new Set(bob.delivered)).toEqual(new Set(sizes.map((size) => `${testKey('alice').device} ${size}`)))
  await bob.stop()
  await carol.stop()
})
