import type { PeerInfo } from '@libp2p/interface'

import { toHex, utf8 } from '../../base/bytes.ts'
import { sha256 } from '../../base/hash.ts'
import type { DeviceId } from '../../base/ids.ts'
import { MDNS_INTERVAL_MS } from './constants.ts'
import type { loadMdns } from './modules.ts'
import type { PeerAddress } from './peer-address.ts'
import { readPeerAddress } from './peer-address.ts'

type Mdns = Awaited<ReturnType<typeof loadMdns>>

export interface DiscoveryOptions {
  /** What the peers of a swarm share; hashed, so that the name on the wire does not tell the swarm. */
  readonly swarmTag: string
  /** Called for each answer that is heard, also for peers that are known: one that restarted has a new port. */
  onFound(device: DeviceId, addresses: readonly PeerAddress[]): void
}

/** mDNS under a name of the swarm's own, so that other swarms on the LAN are not even seen. */
export function discoveryService(mdns: Mdns, options: DiscoveryOptions) {
  return (components: Parameters<ReturnType<Mdns>>[0]) => {
    const service = mdns({ interval: MDNS_INTERVAL_MS, serviceTag: serviceTagOf(options.swarmTag) })(components)
    service.addEventListener('peer', (event) => announce(event.detail, options))
    return service
  }
}

/** One label of at most 63 characters below `_udp.local`. */
export function serviceTagOf(swarmTag: string): string {
  return `_m${toHex(sha256(utf8(`murmuration mdns 1\0${swarmTag}`))).slice(0, 24)}._udp.local`
}

function announce(peer: PeerInfo, options: DiscoveryOptions): void {
  const id = peer.id.toString()
  const addresses = peer.multiaddrs.flatMap((address) => readPeerAddress(`${address.toString()}/p2p/${id}`) ?? [])
  const [first] = addresses
  if (first !== undefined) options.onFound(first.device, addresses)
}
