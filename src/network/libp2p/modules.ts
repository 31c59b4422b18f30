import type { ICryptoInterface } from '@chainsafe/libp2p-noise'

import type { Sodium } from './noise-crypto.ts'
import { nativeNoiseCrypto } from './noise-crypto.ts'

/** The parts of libp2p, as they were loaded. */
export type Libp2pModules = Awaited<ReturnType<typeof load>>

let loading: ReturnType<typeof load> | undefined

/** Loads libp2p, which takes most of the time that a peer needs to start: call it early, beside other work. */
export function loadLibp2p(): Promise<Libp2pModules> {
  loading ??= load()
  return loading
}

async function load() {
  const [core, tcp, noise, yamux, gossipsub, identify, ping, keys, multiaddr] = await Promise.all([
    import('libp2p'),
    import('@libp2p/tcp'),
    import('@chainsafe/libp2p-noise'),
    import('@chainsafe/libp2p-yamux'),
    import('@chainsafe/libp2p-gossipsub'),
    import('@libp2p/identify'),
    import('@libp2p/ping'),
    import('@libp2p/crypto/keys'),
    import('@multiformats/multiaddr'),
  ])
  return {
    createLibp2p: core.createLibp2p,
    tcp: tcp.tcp,
    noise: noise.noise,
    yamux: yamux.yamux,
    gossipsub: gossipsub.gossipsub,
    identify: identify.identify,
    ping: ping.ping,
    privateKeyFromRaw: keys.privateKeyFromRaw,
    multiaddr: multiaddr.multiaddr,
    /** Absent where libp2p's own choice is the fastest: everywhere but inside Electron. */
    noiseCrypto: await electronCrypto(noise.pureJsCrypto),
  }
}

/** Only for those who look for others on the LAN. */
export async function loadMdns() {
  const { mdns } = await import('@libp2p/mdns')
  return mdns
}

async function electronCrypto(fallback: ICryptoInterface): Promise<ICryptoInterface | undefined> {
  if (process.versions['electron'] === undefined) return undefined
  try {
    const sodium = (await import('sodium-native')) as unknown as { readonly default: Sodium }
    return nativeNoiseCrypto(sodium.default, fallback)
  } catch {
    // No prebuilt library for this platform: slower, but it works.
    return undefined
  }
}
