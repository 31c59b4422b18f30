import { t } from '../strings/index.ts'

/** '/ip4/192.168.1.20/tcp/4001/p2p/…' -> '192.168.1.20, port 4001': an address as people say it; what is unknown stays as it is. */
export function plainAddress(multiaddr: string): string {
  const relayed = multiaddr.includes('/p2p-circuit')
  const found = /^\/(?:ip4|ip6|ip6zone\/[^/]+\/ip6|dns|dns4|dns6)\/([^/]+)(?:\/(?:tcp|udp)\/(\d+))?/.exec(multiaddr)
  if (found === null) return multiaddr
  const [, host = '', port] = found
  const plain = port === undefined ? host : `${host}, port ${port}`
  return relayed ? t.connections.throughRelay(plain) : plain
}
