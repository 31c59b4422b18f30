import { EventEmitter } from 'node:events'
import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'

import { onTestFinished } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'

import { systemClock } from '../../src/base/clock.ts'
import { socketChannel } from '../../src/api/socket/socket-channel.ts'
import type { Channel } from '../../src/api/wire/channel.ts'
import { channelPair } from '../../src/api/wire/channel-pair.ts'
import type { DomPort, ElectronPort } from '../../src/api/wire/message-port.ts'
import { domPortChannel, electronPortChannel } from '../../src/api/wire/message-port.ts'
import { webSocketChannel } from '../../src/api/wire/web-socket.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** Both ends of one kind of channel. */
export interface Line {
  readonly server: Channel
  readonly client: Channel
}

/** Every way to a peer, each made anew for a test and closed after it. */
export const LINES: Readonly<Record<string, () => Promise<Line>>> = {
  'channel pair': async () => {
    const [server, client] = channelPair()
    return closing({ server, client })
  },
  'page MessagePort': async () => {
    const { port1, port2 } = new MessageChannel()
    return closing({ server: domPortChannel(likePage(port1)), client: domPortChannel(likePage(port2)) })
  },
  'Electron MessagePortMain': async () => {
    const { port1, port2 } = new MessageChannel()
    return closing({ server: electronPortChannel(likeElectron(port1)), client: domPortChannel(likePage(port2)) })
  },
  'local socket': socketLine,
  WebSocket: webSocketLine,
}

async function socketLine(): Promise<Line> {
  const path = join(await temporaryFolder('line'), 's')
  const server = createServer()
  onTestFinished(() => {
    server.close()
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const accepted = new Promise<Channel>((resolve) =>
    server.once('connection', (socket) => resolve(socketChannel(socket, systemClock))),
  )
  const client = socketChannel(connect(path), systemClock)
  return closing({ server: await accepted, client })
}

async function webSocketLine(): Promise<Line> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  onTestFinished(() => {
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  const accepted = new Promise<Channel>((resolve) =>
    server.once('connection', (socket) => resolve(webSocketChannel(socket))),
  )
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await new Promise((resolve) => socket.once('open', resolve))
  return closing({ server: await accepted, client: webSocketChannel(socket) })
}

function closing(line: Line): Line {
  onTestFinished(() => {
    line.client.dispose()
    line.server.dispose()
  })
  return line
}

/** Node's ports are a page's in all but their types. */
function likePage(port: MessagePort): DomPort {
  return port as unknown as DomPort
}

/** Electron's ports speak Node's event style, and hand over an event with `data` where Node's hand over the data. */
function likeElectron(port: MessagePort): ElectronPort {
  const events = new EventEmitter()
  port.on('message', (data) => events.emit('message', { data }))
  port.on('close', () => events.emit('close'))
  return {
    postMessage: (message) => port.postMessage(message),
    on: (type: string, listener: (event: { readonly data: unknown }) => void) => events.on(type, listener),
    start: () => port.start(),
    close: () => port.close(),
  }
}
