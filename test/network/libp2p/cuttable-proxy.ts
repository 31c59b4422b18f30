import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

import { onTestFinished } from 'vitest'

/**
 * A TCP proxy on loopback that can be cut like a cable: what is sent meanwhile goes nowhere, and new connections are
 * accepted and hear nothing, as behind a firewall that drops. Connections that lost bytes in a cut stay mute for ever.
 */
export class CuttableProxy {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #cut = false
  /** Bytes that went through, to the target and back. */
  readonly bytes = { there: 0, back: 0 }

  static async to(target: number): Promise<CuttableProxy> {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const proxy = new CuttableProxy(server, target)
    onTestFinished(() => proxy.#end())
    return proxy
  }

  private constructor(server: Server, target: number) {
    this.#server = server
    this.port = portIn(server)
    server.on('connection', (near) => this.#join(near, connect(target, '127.0.0.1')))
  }

  cut(): void {
    this.#cut = true
  }

  heal(): void {
    this.#cut = false
  }

  #join(near: Socket, far: Socket): void {
    let mute = this.#cut
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from)
      from.on('error', () => undefined)
      from.on('data', (bytes) => {
        mute ||= this.#cut
        this.bytes[from === near ? 'there' : 'back'] += bytes.length
        if (!mute) to.write(bytes)
      })
      from.on('close', () => {
        this.#sockets.delete(from)
        mute ||= this.#cut
        // Nobody learns of an end across a cut cable.
        if (!mute) to.destroy()
      })
    }
  }

  async #end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const port = portIn(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

function portIn(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen')
  return address.port
}
