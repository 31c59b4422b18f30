import { utf8 } from '../../../src/base/bytes.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { systemRandom } from '../../../src/base/random.ts'
import type { Libp2pNetworkOptions } from '../../../src/network/libp2p/libp2p-network.ts'
import { createLibp2pNetwork } from '../../../src/network/libp2p/libp2p-network.ts'
import type { Network } from '../../../src/network/network.ts'
import { MemoryStore } from '../../../src/store/memory-store.ts'
import { eventually } from '../../support/eventually.ts'
import type { NetworkLab } from '../contract.ts'
import { openGate, testKey } from './identities.ts'

/** Real libp2p peers in this process, on loopback, without mDNS. */
export class Libp2pLab implements NetworkLab {
  readonly #stores = new Map<string, MemoryStore>()
  readonly #networks = new Set<Network>()

  make(name: string, options: Partial<Libp2pNetworkOptions> = {}): Network {
    const network = createLibp2pNetwork({
      key: testKey(name),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      mdns: false,
      swarmTag: 'test',
      gate: openGate,
      addressBook: { store: this.#store(name), prefix: utf8('addresses/') },
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      ...options,
    })
    this.#networks.add(network)
    return network
  }

  /** As if the peer had never run here. */
  forget(name: string): void {
    this.#stores.delete(name)
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    return await work()
  }

  async until(condition: () => boolean, what: string): Promise<void> {
    await eventually(condition, { what })
  }

  async pass(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
  }

  async end(): Promise<void> {
    await Promise.all([...this.#networks].map((network) => network.stop()))
  }

  #store(name: string): MemoryStore {
    const known = this.#stores.get(name)
    if (known !== undefined) return known
    const store = new MemoryStore()
    void store.start()
    this.#stores.set(name, store)
    return store
  }
}
