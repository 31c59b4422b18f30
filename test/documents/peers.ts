import { Emitter } from '../../src/base/emitter.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import type { Disposable } from '../../src/base/lifecycle.ts'
import { silentLogger } from '../../src/base/log.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { Documents, Presence } from '../../src/documents/index.ts'
import { createDocuments, createPresence } from '../../src/documents/index.ts'
import type { Draft } from '../../src/journal/journal.ts'
import { SPACE } from '../support/projection-harness.ts'
import type { World } from '../support/projection-harness.ts'
import { VirtualClock } from '../support/virtual-clock.ts'
import type { DocumentMachine } from './writers.ts'
import { machineIn } from './writers.ts'

/** Messages to whoever is here, delivered at once; a test can cut the line. */
export class Air {
  readonly members: {
    readonly device: DeviceId
    readonly listeners: Set<(from: DeviceId, payload: Uint8Array) => void>
  }[] = []
  sent = 0
  silent = false

  join(device: DeviceId): {
    publish(kind: string, payload: Uint8Array): void
    on(kind: string, listener: (from: DeviceId, payload: Uint8Array) => void): Disposable
  } {
    const member = { device, listeners: new Set<(from: DeviceId, payload: Uint8Array) => void>() }
    this.members.push(member)
    return {
      publish: (_kind, payload) => {
        this.sent++
        if (payload.length > 1024) throw new RangeError('an ephemeral message is too long')
        if (!this.silent) this.tell(device, payload)
      },
      on: (_kind, listener) => {
        member.listeners.add(listener)
        return { dispose: () => member.listeners.delete(listener) }
      },
    }
  }

  /** As if `from` had sent it. */
  tell(from: DeviceId, payload: Uint8Array): void {
    for (const { device, listeners } of this.members) {
      if (device !== from) for (const listener of listeners) listener(from, payload)
    }
  }
}

export interface Peer {
  readonly machine: DocumentMachine
  readonly documents: Documents
  readonly presence: Presence
  readonly clock: VirtualClock
  readonly network: Emitter<{ 'peer:disconnected': { readonly device: DeviceId } }>
  /** What the next appends fail with. */
  failWith: Error | undefined
  /** Drafts of each append, as they came. */
  readonly appends: (readonly Draft[])[]
  stop(): Promise<void>
}

export async function peerIn(
  world: World,
  name: string,
  options: {
    readonly air?: Air
    readonly clock?: VirtualClock
    readonly machine?: DocumentMachine
    readonly seed?: number
  } = {},
): Promise<Peer> {
  const machine = options.machine ?? (await machineIn(world, name))
  const clock = options.clock ?? new VirtualClock()
  const network = new Emitter<{ 'peer:disconnected': { readonly device: DeviceId } }>()
  const presence = createPresence({
    ephemeral: (options.air ?? new Air()).join(machine.device),
    network: { events: network },
    clock,
    space: SPACE,
  })
  const appends: (readonly Draft[])[] = []
  const peer = { machine, clock, presence, network, appends, failWith: undefined as Error | undefined }
  const documents = createDocuments({
    journal: {
      device: machine.device,
      get incarnation() {
        return machine.incarnation
      },
      append: async (drafts) => {
        if (peer.failWith !== undefined) throw peer.failWith
        appends.push(drafts)
        return await machine.append(drafts)
      },
      read: (references) => Promise.resolve(machine.read(references)),
      requireWriter: () => undefined,
      settled: () => Promise.resolve(),
    },
    projection: machine.projection,
    presence,
    store: machine.store,
    clock,
    random: seededRandom(options.seed ?? machine.device.charCodeAt(20)),
    logger: silentLogger,
  })
  await documents.start()
  return Object.assign(peer, {
    documents,
    stop: async () => {
      await documents.stop()
      await machine.stop()
    },
  })
}
