import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'

import { onTestFinished } from 'vitest'

/**
 * A TCP proxy on loopback that can be cut like a cable: what is sent meanwhile goes nowhere, connections stay open and
 * mute, and new ones are accepted and hear nothing, as with a firewall that drops.
 */
export class CuttableProxy {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #cut = false

  static async to(port: number): Promise<CuttableProxy> {
    const server = createServer({ allowHalfOpen: false })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const proxy = new CuttableProxy(server, port)
    onTestFinished(() => proxy.end())
    return proxy
  }

  private constructor(server: Server, target: number) {
    this.#server = server
    const address = server.address()
    this.port = typeof address === 'object' && address !== null ? address.port : 0
    server.on('connection', (near) => {
      const far = connect(target, '127.0.0.1')
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(from)
        from.on('data', (bytes) => {
          if (!this.#cut) to.write(bytes)
        })
        from.on('error', () => undefined)
        from.on('close', () => {
          this.#sockets.delete(from)
          // Nobody learns of an end across a cut cable.
          if (!this.#cut) to.destroy()
        })
      }
    })
  }

  cut(): void {
    this.#cut = true
  }

  heal(): void {
    this.#cut = false
    // What crossed the cut half-way is broken for good: bytes are missing in it.
    for (const socket of this.#sockets) socket.destroy()
  }

  /** The same multiaddr, through the proxy. */
  through(address: string): string {
    return address.replace(/\/tcp\/\d+/, `/tcp/${this.port}`)
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

export function portOf(address: string | undefined): number {
  return Number(/\/tcp\/(\d+)/.exec(address ?? '')?.[1])
}
