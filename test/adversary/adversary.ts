import { randomBytes } from 'node:crypto'

import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@chainsafe/libp2p-yamux'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import type { Connection, Libp2p } from '@libp2p/interface'
import { tcp } from '@libp2p/tcp'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { onTestFinished } from 'vitest'

import type { DeviceKey } from '../../src/identity/index.ts'
import { deviceKeyFromSeed } from '../../src/identity/index.ts'
import { Wire } from './wire.ts'

export const GATE = '/murmuration/gate/1'
export const ALIVE = '/murmuration/alive/1'
export const ADDRESSES = '/murmuration/addresses/1'
export const SYNC = '/murmuration/sync/1'
export const DOCTOR = '/murmuration/doctor/1'
export const RELAY = '/murmuration/relay/1'
export const GOSSIP = '/meshsub/1.1.0'
/** Everything that a peer serves under a name of its own. */
export const PROTOCOLS = [GATE, ALIVE, ADDRESSES, SYNC, DOCTOR, RELAY, GOSSIP] as const

/** A libp2p node of its own, as anybody can build one: nothing of this project speaks in it. */
export class Adversary {
  readonly key: DeviceKey
  readonly node: Libp2p
  readonly wires: Wire[] = []

  private constructor(key: DeviceKey, node: Libp2p) {
    this.key = key
    this.node = node
  }

  static async start(seed: Uint8Array = randomBytes(32)): Promise<Adversary> {
    const key = deviceKeyFromSeed(seed)
    const node = await createLibp2p({
      privateKey: privateKeyFromRaw(Buffer.concat([key.seed, key.publicKey])),
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false },
      connectionManager: { reconnectRetries: 0 },
    })
    onTestFinished(() => node.stop())
    return new Adversary(key, node)
  }

  /** A connection of its own, whatever others there are. */
  async dial(address: string): Promise<Connection> {
    return await this.node.dial(multiaddr(address), { force: true, signal: AbortSignal.timeout(8_000) })
  }

  async open(connection: Connection, protocol: string): Promise<Wire> {
    const stream = await connection.newStream(protocol, {
      maxOutboundStreams: Infinity,
      signal: AbortSignal.timeout(8_000),
    })
    const wire = new Wire(stream)
    this.wires.push(wire)
    return wire
  }

  /** Takes the streams of a protocol that others open. */
  async serve(protocol: string, take: (wire: Wire) => void): Promise<void> {
    await this.node.handle(protocol, (stream) => {
      const wire = new Wire(stream)
      this.wires.push(wire)
      take(wire)
    })
  }

  /** Every byte that came over any stream. */
  get received(): Buffer {
    return Buffer.concat(this.wires.flatMap((wire) => wire.received))
  }
}
