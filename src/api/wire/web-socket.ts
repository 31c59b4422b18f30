import type { Channel } from './channel.ts'
import { Closing } from './closing.ts'
import { decodeFrame, encodeFrame } from './codec.ts'
import { MalformedFrameError } from './frames.ts'

/** What the page's WebSocket and the `ws` package's have in common. */
export interface WebSocketLike {
  binaryType: string
  readonly readyState: number
  send(bytes: Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void
}

/** WebSocket.OPEN, which is not there as a global in old Nodes. */
const OPEN = 1
/** RFC 6455: an endpoint received something inconsistent with the protocol. */
const PROTOCOL_ERROR = 1002

/** A channel over an open WebSocket; each binary message is one frame. */
export function webSocketChannel(socket: WebSocketLike): Channel {
  const closing = new Closing()
  socket.binaryType = 'arraybuffer'
  const end = (): void => {
    closing.close()
  }
  socket.addEventListener('close', end)
  socket.addEventListener('error', end)
  const refuse = (error: MalformedFrameError): void => {
    if (closing.close(error)) socket.close(PROTOCOL_ERROR, 'not a frame')
  }
  return {
    closed: closing.signal,
    send(frame) {
      if (closing.done || socket.readyState !== OPEN) return 0
      const bytes = encodeFrame(frame)
      socket.send(bytes)
      return bytes.length
    },
    receive(listener) {
      socket.addEventListener('message', ({ data }) => {
        if (closing.done) return
        if (!(data instanceof ArrayBuffer)) {
          refuse(new MalformedFrameError('a text message'))
          return
        }
        let frame: unknown
        try {
          frame = decodeFrame(new Uint8Array(data))
        } catch (error) {
          if (!(error instanceof MalformedFrameError)) throw error
          refuse(error)
          return
        }
        listener(frame, data.byteLength)
      })
    },
    dispose() {
      if (closing.close()) socket.close()
    },
  }
}
