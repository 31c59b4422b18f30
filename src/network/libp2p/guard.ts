import type { GossipSubComponents } from '@chainsafe/libp2p-gossipsub'
import type { Connection, Stream, StreamHandler, Topology } from '@libp2p/interface'

import { NotAdmittedError } from '../errors.ts'
import { MAX_HELD_BYTES, MAX_HELD_STREAMS } from './constants.ts'

export type Registrar = GossipSubComponents['registrar']

/** What is known of a connection with regard to the gate. */
export interface Admission {
  /** `undefined` for connections that are not known (any more). */
  stateOf(connection: Connection): 'pending' | 'admitted' | undefined
  /** Resolves when the gate was passed, rejects when not. */
  whenAdmitted(connection: Connection): Promise<void>
}

/**
 * Lets inbound streams through to `handler` only on connections that passed the gate. The two sides pass it a moment
 * apart, so streams that come between are held: a few, small, and unread.
 */
export function guarded(admission: Admission, handler: StreamHandler): StreamHandler {
  return async (stream, connection) => {
    const state = admission.stateOf(connection)
    if (state === 'admitted') {
      await handler(stream, connection)
      return
    }
    if (state === undefined || heldStreams(connection) > MAX_HELD_STREAMS) {
      throw new NotAdmittedError('streams are for those who passed the gate')
    }
    const usual = stream.maxReadBufferLength
    stream.maxReadBufferLength = MAX_HELD_BYTES
    await admission.whenAdmitted(connection)
    stream.maxReadBufferLength = usual
    await handler(stream, connection)
  }
}

function heldStreams(connection: Connection): number {
  return connection.streams.filter((stream: Stream) => stream.direction === 'inbound').length
}

/**
 * The registrar as a libp2p service sees it: its handlers are guarded, and topologies are not told to libp2p, which
 * would call them for strangers, but to `topologies`.
 */
export function guardedRegistrar(
  registrar: Registrar,
  admission: Admission,
  topologies: Map<string, Topology> = new Map(),
): Registrar {
  let registrations = 0
  return {
    getProtocols: () => registrar.getProtocols(),
    getHandler: (protocol) => registrar.getHandler(protocol),
    getTopologies: (protocol) => registrar.getTopologies(protocol),
    getMiddleware: (protocol) => registrar.getMiddleware(protocol),
    use: (protocol, middleware) => registrar.use(protocol, middleware),
    unuse: (protocol) => registrar.unuse(protocol),
    handle: (protocol, handler, options) => registrar.handle(protocol, guarded(admission, handler), options),
    unhandle: (protocols, options) => registrar.unhandle(protocols, options),
    register: async (_protocol, topology) => {
      registrations++
      const id = `guarded-${registrations}`
      topologies.set(id, topology)
      return id
    },
    unregister: (id) => {
      topologies.delete(id)
    },
  }
}
