import '../../src/base/polyfills.ts'

import { gossipsub } from '@chainsafe/libp2p-gossipsub'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { identify } from '@libp2p/identify'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'

import { fromUtf8, utf8 } from '../../src/base/bytes.ts'
import { sha256 } from '../../src/base/hash.ts'
import type { LoadOptions } from './load.ts'
import { Receiver, sendLoad } from './load.ts'
import { serveCommands } from './serve-commands.ts'

/** Bare gossipsub on the same libp2p, with the options that src/network/libp2p sets where they count. */
const TOPIC = 'bench'
const receiver = new Receiver()

const node = await createLibp2p({
  addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
  transports: [tcp()],
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionManager: { inboundConnectionThreshold: 200, maxIncomingPendingConnections: 128 },
  connectionMonitor: { enabled: false },
  services: {
    identify: identify(),
    gossip: gossipsub({
      globalSignaturePolicy: 'StrictNoSign',
      msgIdFn: ({ data }) => sha256(data).subarray(0, 20),
      fallbackToFloodsub: false,
      emitSelf: false,
      doPX: false,
      floodPublish: true,
      batchPublish: true,
      allowPublishToZeroTopicPeers: true,
      ignoreDuplicatePublishError: true,
      idontwantMinDataSize: 16_384,
      scoreParams: { IPColocationFactorWeight: 0, behaviourPenaltyWeight: 0 },
    }),
  },
})
const { gossip } = node.services
gossip.addEventListener('gossipsub:message', (event) => receiver.take(fromUtf8(event.detail.msg.data)))

const commands = {
  open: async (_: object): Promise<readonly string[]> => {
    await Promise.resolve()
    gossip.subscribe(TOPIC)
    return node.getMultiaddrs().map(String)
  },
  dial: async ({ address }: { readonly address: string }): Promise<void> => {
    await node.dial(multiaddr(address))
  },
  neighbours: async (_: object): Promise<number> => gossip.getSubscribers(TOPIC).length,
  begin: async ({ mark }: { readonly mark: string }) => receiver.begin(mark),
  end: async (options: { readonly count: number; readonly timeout: number }) => await receiver.end(options),
  send: async ({ load }: { readonly load: LoadOptions }) =>
    await sendLoad(load, (text) => gossip.publish(TOPIC, utf8(text))),
  memory: async (_: object) => process.memoryUsage().rss,
} as const

export type GossipCommands = typeof commands

serveCommands(commands, async () => {
  await node.stop()
})
