import type { Socket } from 'node:net'

import type { Clock } from '../../base/clock.ts'
import { MurmurationError } from '../../base/errors.ts'
import type { Channel } from '../wire/channel.ts'
import { Closing } from '../wire/closing.ts'
import { decodeFrame, encodeFrame } from '../wire/codec.ts'
import { MalformedFrameError } from '../wire/frames.ts'
import { FrameReader, LENGTH_BYTES } from './frame-reader.ts'

/** How long the last frames may take to leave before the socket is cut. */
const LINGER_MS = 1000

/** A channel over a connected local socket. */
export function socketChannel(socket: Socket, clock: Clock): Channel {
  const closing = new Closing()
  socket.on('close', () => closing.close())
  socket.on('error', (error) => {
    closing.close(new MurmurationError('SOCKET_FAILED', error.message, { cause: error }))
  })
  return {
    closed: closing.signal,
    send(frame) {
      if (closing.done) return 0
      const bytes = encodeFrame(frame)
      const length = Buffer.alloc(LENGTH_BYTES)
      length.writeUInt32BE(bytes.length)
      socket.cork()
      socket.write(length)
      socket.write(bytes)
      socket.uncork()
      return bytes.length
    },
    receive(listener) {
      const reader = new FrameReader()
      socket.on('data', (chunk) => {
        if (closing.done) return
        try {
          for (const frame of reader.push(chunk)) {
            const value = decodeFrame(frame)
            if (!closing.done) listener(value, frame.length)
          }
        } catch (error) {
          if (!(error instanceof MalformedFrameError)) throw error
          closing.close(error)
          socket.destroy()
        }
      })
    },
    dispose() {
      if (!closing.close()) return
      socket.end()
      const cut = clock.after(LINGER_MS, () => socket.destroy())
      socket.on('close', () => cut.dispose())
    },
  }
}
