import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

const PROGRAM = join(import.meta.dirname, '..', '..', 'node_modules', '@y', 'websocket-server', 'src', 'server.js')

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export interface YServer {
  readonly url: string
  end(): Promise<void>
}

/** y-websocket's own server, as its package has it: it keeps documents in memory alone. */
export async function startYServer(): Promise<YServer> {
  const port = await freePort()
  const child = spawn(process.execPath, [PROGRAM], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  running.add(child)
  const exited = once(child, 'exit')
  await Promise.race([
    once(child.stdout, 'data'),
    exited.then(() => {
      throw new Error("y-websocket's server did not start")
    }),
  ])
  return {
    url: `ws://127.0.0.1:${port}`,
    async end() {
      child.kill('SIGKILL')
      await exited
      running.delete(child)
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
