import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import { silentLogger } from '../../src/base/log.ts'
import { systemRandom } from '../../src/base/random.ts'
import { decodeInviteLink, requestJoin } from '../../src/identity/roster/index.ts'
import { DATA, ENTRY_VERSION, openHeader } from '../../src/journal/header.ts'
import { decodeAnswer, decodeGossip, encodeAnswer, encodeGossip, SYNC_PROTOCOL } from '../../src/journal/protocol.ts'
import { createLibp2pNetwork } from '../../src/network/index.ts'
import type { Gate, MessageStream, Network } from '../../src/network/network.ts'
import { measureCapacity } from '../../src/peer/capacity.ts'
import { openDataFolder } from '../../src/peer/data-folder.ts'
import { Notices } from '../../src/peer/notices.ts'
import { Swarm } from '../../src/peer/swarm.ts'
import { LevelStore } from '../../src/store/index.ts'
import { utf8 } from '../../src/base/bytes.ts'

export interface NewerMachine {
  readonly swarm: Swarm
  /** From now on what it writes goes out in a format of the next version. */
  update(): void
}

/** A machine of the swarm that runs a newer Murmuration: what it writes after `update` has the next version on the wire. */
export async function newerMachine(options: { readonly root: string; readonly invite: string }): Promise<NewerMachine> {
  const folder = await openDataFolder(join(options.root, 'newer'), systemRandom)
  const store = new LevelStore({ folder: folder.store })
  await store.start()
  const { addresses, grant, name, seed, space } = decodeInviteLink(options.invite)
  const names = { person: 'newer', machine: 'newer' }
  const network = (gate: Gate): Network =>
    createLibp2pNetwork({
      key: folder.key,
      listen: ['/ip4/127.0.0.1/tcp/0'],
      mdns: false,
      swarmTag: space,
      gate,
      addressBook: { store, prefix: utf8('na') },
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
    })
  let newerFrom = Number.POSITIVE_INFINITY
  let head = 0
  const mark = (header: Uint8Array): Uint8Array => {
    const { journal, sequence } = openHeader(header)
    if (journal.kind !== DATA || !Buffer.from(journal.device).equals(folder.key.publicKey)) return header
    head = Math.max(head, sequence)
    // The second byte is the version.
    return sequence < newerFrom ? header : Uint8Array.from(header, (byte, at) => (at === 1 ? ENTRY_VERSION + 1 : byte))
  }
  const swarm = new Swarm({
    record: { space, name },
    key: folder.key,
    store,
    network: (gate) => marking(network(gate), mark),
    request: { type: 'join', join: requestJoin({ space, grant, seed, key: folder.key, ...names }) },
    fingerprint: folder.fingerprint,
    damaged: false,
    dataDirectory: folder.path,
    capacity: () => measureCapacity(folder.path),
    version: '99.0.0',
    names: () => names,
    notices: new Notices(systemClock, () => undefined),
    clock: systemClock,
    random: systemRandom,
    logger: silentLogger,
  })
  await swarm.start()
  onTestFinished(async () => {
    await swarm.stop()
    await store.stop()
  })
  await swarm.network.connect(addresses)
  return {
    swarm,
    update: () => {
      newerFrom = head + 1
    },
  }
}

function marking(network: Network, mark: (header: Uint8Array) => Uint8Array): Network {
  return {
    device: network.device,
    events: network.events,
    addresses: () => network.addresses(),
    peers: () => network.peers(),
    connect: (addresses, how) => network.connect(addresses, how),
    remember: (addresses) => network.remember(addresses),
    wake: () => network.wake(),
    disconnect: (device, reason) => network.disconnect(device, reason),
    forget: (device) => network.forget(device),
    reach: () => network.reach(),
    addressesOf: (device) => network.addressesOf(device),
    openStream: (device, protocol, how) => network.openStream(device, protocol, how),
    handle: (protocol, handler, how) =>
      network.handle(
        protocol,
        (stream) => handler(protocol === SYNC_PROTOCOL ? markingStream(stream, mark) : stream),
        how,
      ),
    publish: (topic, data) =>
      network.publish(topic, topic.startsWith('/murmuration/journal/') ? markGossip(data, mark) : data),
    subscribe: (topic, listener) => network.subscribe(topic, listener),
    start: () => network.start(),
    stop: () => network.stop(),
  }
}

function markGossip(data: Uint8Array, mark: (header: Uint8Array) => Uint8Array): Uint8Array {
  return encodeGossip(decodeGossip(data).map((entry) => ({ ...entry, header: mark(entry.header) })))
}

function markingStream(stream: MessageStream, mark: (header: Uint8Array) => Uint8Array): MessageStream {
  return {
    peer: stream.peer,
    protocol: stream.protocol,
    signal: stream.signal,
    send: (frame) => {
      const answer = decodeAnswer(frame)
      if (answer.type !== 'batch') return stream.send(frame)
      const items = answer.items.map((item) =>
        item.type === 'stub' ? item : { ...item, entry: { ...item.entry, header: mark(item.entry.header) } },
      )
      return stream.send(encodeAnswer({ ...answer, items }))
    },
    close: () => stream.close(),
    abort: (reason) => stream.abort(reason),
    [Symbol.asyncIterator]: () => stream[Symbol.asyncIterator](),
  }
}
