import { Socket } from 'node:net'

import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'
import type { tcp } from '@libp2p/tcp'

type TcpFactory = ReturnType<typeof tcp>

/** What is used of a TCP connection beyond libp2p's published interface. */
interface TcpConnection {
  readonly socket?: unknown
  sendData?: (data: never) => unknown
}

/**
 * libp2p's TCP, except that the pieces of one message leave in one system call: by itself it writes the two bytes of
 * length and the ciphertext apart, and with Nagle's algorithm off each becomes a packet of its own.
 */
export function coalescingTcp(create: TcpFactory): TcpFactory {
  return (components) => {
    const transport: Transport = create(components)
    const dial = transport.dial.bind(transport)
    const createListener = transport.createListener.bind(transport)
    transport.dial = (address, options) => dial(address, { ...options, upgrader: coalescing(options.upgrader) })
    transport.createListener = (options) => createListener({ ...options, upgrader: coalescing(options.upgrader) })
    return transport
  }
}

function coalescing(upgrader: Upgrader): Upgrader {
  return {
    upgradeInbound: (connection, options) => upgrader.upgradeInbound(coalesced(connection), options),
    upgradeOutbound: (connection, options) => upgrader.upgradeOutbound(coalesced(connection), options),
    createInboundAbortSignal: (signal) => upgrader.createInboundAbortSignal(signal),
    getConnectionEncrypters: () => upgrader.getConnectionEncrypters(),
    getStreamMuxers: () => upgrader.getStreamMuxers(),
  }
}

/** Leaves a connection as it is where libp2p is built otherwise than it was. */
function coalesced(connection: MultiaddrConnection): MultiaddrConnection {
  const { socket, sendData } = connection as unknown as TcpConnection
  if (!(socket instanceof Socket) || typeof sendData !== 'function') return connection
  const send = sendData.bind(connection)
  Object.assign(connection, {
    sendData(data: never): unknown {
      socket.cork()
      try {
        return send(data)
      } finally {
        socket.uncork()
      }
    },
  })
  return connection
}
