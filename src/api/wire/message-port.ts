import type { Channel } from './channel.ts'
import { Closing } from './closing.ts'
import { FrameTooLargeError, MAX_FRAME_BYTES } from './frames.ts'
import { portable } from './portable.ts'

/** The end of a MessagePort as a page, a worker or Node's worker_threads has it. */
export interface DomPort {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close' | 'messageerror', listener: () => void): void
  start(): void
  close(): void
}

/** The end of a MessagePort as Electron's main and utility processes have it (`MessagePortMain`). */
export interface ElectronPort {
  postMessage(message: unknown): void
  on(type: 'message', listener: (event: { readonly data: unknown }) => void): unknown
  on(type: 'close', listener: () => void): unknown
  start(): void
  close(): void
}

/** A channel over a MessagePort of a page. That the other side is gone shows where the platform tells of it (Electron does). */
export function domPortChannel(port: DomPort): Channel {
  return portChannel(port, (onMessage, onClose) => {
    port.addEventListener('message', (event) => onMessage(event.data))
    port.addEventListener('close', onClose)
    port.addEventListener('messageerror', onClose)
  })
}

/** A channel over a MessagePort in Electron's main process or a utility process. */
export function electronPortChannel(port: ElectronPort): Channel {
  return portChannel(port, (onMessage, onClose) => {
    port.on('message', (event) => onMessage(event.data))
    port.on('close', onClose)
  })
}

interface Port {
  postMessage(message: unknown): void
  start(): void
  close(): void
}

type Listen = (onMessage: (data: unknown) => void, onClose: () => void) => void

function portChannel(port: Port, listen: Listen): Channel {
  const closing = new Closing()
  return {
    closed: closing.signal,
    send(frame) {
      if (closing.done) return 0
      const { value, bytes } = portable(frame)
      if (bytes > MAX_FRAME_BYTES) throw new FrameTooLargeError(bytes)
      port.postMessage(value)
      return bytes
    },
    receive(listener) {
      listen(
        (data) => {
          if (!closing.done) listener(data, portable(data).bytes)
        },
        () => closing.close(),
      )
      port.start()
    },
    dispose() {
      if (closing.close()) port.close()
    },
  }
}
