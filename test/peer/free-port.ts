import type { Server } from 'node:net'
import { createServer } from 'node:net'

import { onTestFinished } from 'vitest'

/** A port of 127.0.0.1 that nobody has. */
export async function freePort(): Promise<number> {
  const server = await listening()
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** A port of 127.0.0.1 that somebody has until the test ends. */
export async function takenPort(): Promise<number> {
  const server = await listening()
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve))
  })
  return portOf(server)
}

async function listening(): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}
