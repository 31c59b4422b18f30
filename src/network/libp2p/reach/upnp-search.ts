import type { Socket } from 'node:dgram'
import { createSocket } from 'node:dgram'
import { isIPv4 } from 'node:net'
import { networkInterfaces } from 'node:os'

import type { Clock } from '../../../base/clock.ts'
import { pause } from '../../../base/clock.ts'

/** Where a router describes itself, and the address of this machine on the way to it. */
export interface FoundRouter {
  readonly location: URL
  readonly localAddress: string
}

const GROUP = '239.255.255.250'
const PORT = 1900
const DEVICES = ['InternetGatewayDevice:1', 'InternetGatewayDevice:2']
/** UDP gets lost: asked twice, and waited for so long after each time. */
const ROUNDS = 2
const ROUND_MS = 1500
const MAX_ANSWER_BYTES = 2048
/** Anything on the LAN may answer. */
const MAX_ROUTERS = 4

/** Asks the LAN for routers (SSDP, UPnP Device Architecture 1.1). Finds none where there is no network; never fails. */
export async function searchRouters(clock: Clock, signal: AbortSignal): Promise<readonly FoundRouter[]> {
  const found = new Map<string, FoundRouter>()
  const sockets = localAddresses().map((localAddress) =>
    listener(localAddress, (location) => {
      if (found.size < MAX_ROUTERS) found.set(location.href, { location, localAddress })
    }),
  )
  try {
    for (let round = 0; round < ROUNDS && found.size === 0; round++) {
      for (const socket of sockets) for (const device of DEVICES) ask(socket, device)
      await pause(clock, ROUND_MS, signal)
    }
  } catch {
    // Given up; what was found until then is of no use.
  }
  for (const socket of sockets) socket.close()
  return [...found.values()]
}

/** The location that an answer tells, if it is a place on the machine that answers: nobody can send us elsewhere. */
export function readAnswer(message: Uint8Array, from: string): URL | undefined {
  const text = Buffer.from(message.subarray(0, MAX_ANSWER_BYTES)).toString('latin1')
  const location = text.startsWith('HTTP/1.1 200 ') ? /^location:[ \t]*(\S+)/im.exec(text)?.[1] : undefined
  const url = location === undefined ? undefined : readUrl(location)
  return url?.protocol === 'http:' && url.hostname === from ? url : undefined
}

/** `undefined` for what is none. */
export function readUrl(text: string, base?: URL): URL | undefined {
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}

function localAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return all.filter(({ internal, address }) => !internal && isIPv4(address)).map(({ address }) => address)
}

function listener(address: string, onFound: (location: URL) => void): Socket {
  const socket = createSocket('udp4')
  socket.on('error', () => undefined)
  socket.on('message', (message, from) => {
    const location = readAnswer(message, from.address)
    if (location !== undefined) onFound(location)
  })
  socket.bind(0, address)
  socket.unref()
  return socket
}

function ask(socket: Socket, device: string): void {
  const lines = [
    'M-SEARCH * HTTP/1.1',
    `HOST: ${GROUP}:${PORT}`,
    'MAN: "ssdp:discover"',
    'MX: 1',
    `ST: urn:schemas-upnp-org:device:${device}`,
  ]
  socket.send(`${lines.join('\r\n')}\r\n\r\n`, PORT, GROUP, () => undefined)
}
