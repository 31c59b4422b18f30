import { onTestFinished } from 'vitest'

import { channelPair, createApiClient, serveApi } from '../../src/api/index.ts'
import type { ApiClient } from '../../src/api/index.ts'
import { createPeer } from '../../src/peer/create-peer.ts'
import type { PeerOptions } from '../../src/peer/create-peer.ts'

export interface LocalPeer {
  readonly client: ApiClient
  stop(): Promise<void>
}

/** A whole peer in this process, for what can't be brought about from outside, such as another clock. */
export async function localPeer(options: Omit<PeerOptions, 'listen' | 'mdns'>): Promise<LocalPeer> {
  const peer = await createPeer({ ...options, listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false })
  const [server, end] = channelPair()
  serveApi(peer, server)
  const client = createApiClient(end)
  const stop = async (): Promise<void> => {
    client.dispose()
    await peer.stop()
  }
  onTestFinished(stop)
  return { client, stop }
}
