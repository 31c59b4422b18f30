import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'

import type { Clock } from '../../../base/clock.ts'
import type { Disposable } from '../../../base/lifecycle.ts'
import { Throttle } from '../../throttle.ts'
import { bindingResponse, readBindingRequest } from './stun-message.ts'

/** Answers to one host, and to all together: a punch asks a few times, and nobody is to be flooded by forged requests. */
const PER_HOST = { perSecond: 10, burst: 40, maxNames: 1024 }
const IN_ALL = { perSecond: 200, burst: 400, maxNames: 1 }

/** Tells whoever asks over UDP where its packets come from, so that peers behind NATs learn their outside addresses. */
export async function startStunResponder(port: number, clock: Clock): Promise<Disposable> {
  const hosts = new Throttle({ clock, ...PER_HOST })
  const all = new Throttle({ clock, ...IN_ALL })
  const socket = createSocket('udp4')
  socket.on('message', (message, from) => {
    const transaction = readBindingRequest(message)
    if (transaction === undefined || !all.take('') || !hosts.take(from.address)) return
    const answer = bindingResponse(transaction, from.address, from.port)
    if (answer !== undefined) socket.send(answer, from.port, from.address, () => undefined)
  })
  await bound(socket, port)
  socket.on('error', () => undefined)
  socket.unref()
  return { dispose: () => socket.close() }
}

async function bound(socket: Socket, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(port, () => {
      socket.off('error', reject)
      resolve()
    })
  })
}
