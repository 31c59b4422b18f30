import { request } from 'node:http'

import type { Clock } from '../../../base/clock.ts'
import { DialError } from '../../errors.ts'
import type { FoundRouter } from './upnp-search.ts'
import { readUrl, searchRouters } from './upnp-search.ts'

export type Protocol = 'TCP' | 'UDP'

/** A router that may forward ports to this machine. */
export interface Router {
  readonly host: string
  /** Asks for a port for an hour. Resolves to the router's port. Rejects where it does not give any. */
  map(port: number, protocol: Protocol): Promise<number>
  unmap(externalPort: number, protocol: Protocol): Promise<void>
}

/** Home routers are slow, and on the LAN. */
const ANSWER_MS = 4000
const MAX_BODY_BYTES = 256 * 1024
const LEASE_SECONDS = 3600
/** Other ports that are asked for where another machine has the one that is wanted. */
const MAX_OTHER_PORTS = 4
const CONFLICT = 718
const ONLY_PERMANENT_LEASES = 725

/** Finds the routers of this network. */
export async function* findRouters(clock: Clock, signal: AbortSignal): AsyncGenerator<Router> {
  for (const found of await searchRouters(clock, signal)) {
    const description = await answer(found.location, { method: 'GET' }).catch(() => undefined)
    const service = description === undefined ? undefined : readService(description.body, found.location)
    if (service !== undefined) yield new UpnpRouter(found, service)
  }
}

export interface Service {
  readonly type: string
  readonly control: URL
}

/** The service of a router that maps ports, by its description; controlled on the router itself and nowhere else. */
export function readService(description: string, location: URL): Service | undefined {
  for (const [, block = ''] of description.matchAll(/<service>([\s\S]*?)<\/service>/g)) {
    const type = /<serviceType>\s*(urn:schemas-upnp-org:service:WAN(?:IP|PPP)Connection:[12])\s*</.exec(block)?.[1]
    const path = /<controlURL>\s*([^<\s]+)\s*</.exec(block)?.[1]
    const control = path === undefined ? undefined : readUrl(path, location)
    if (type === undefined || control?.protocol !== 'http:' || control.hostname !== location.hostname) continue
    return { type, control }
  }
  return undefined
}

class UpnpRouter implements Router {
  readonly #found: FoundRouter
  readonly #service: Service

  constructor(found: FoundRouter, service: Service) {
    this.#found = found
    this.#service = service
  }

  get host(): string {
    return this.#found.location.hostname
  }

  async map(port: number, protocol: Protocol): Promise<number> {
    let lease = LEASE_SECONDS
    let external = port
    for (let tries = 0; tries <= MAX_OTHER_PORTS; tries++) {
      const failure = await this.#ask('AddPortMapping', {
        NewRemoteHost: '',
        NewExternalPort: external,
        NewProtocol: protocol,
        NewInternalPort: port,
        NewInternalClient: this.#found.localAddress,
        NewEnabled: 1,
        NewPortMappingDescription: 'Murmuration',
        NewLeaseDuration: lease,
      })
      if (failure === undefined) return external
      if (failure === ONLY_PERMANENT_LEASES && lease > 0) lease = 0
      else if (failure === CONFLICT) external = external === 65_535 ? 1024 : external + 1
      else throw new DialError(`the router refuses with error ${failure}`)
    }
    throw new DialError('the router has no free port near the one that is wanted')
  }

  async unmap(externalPort: number, protocol: Protocol): Promise<void> {
    await this.#ask('DeletePortMapping', { NewRemoteHost: '', NewExternalPort: externalPort, NewProtocol: protocol })
  }

  /** Resolves to the number of the router's error, if any; 0 for one without a number. */
  async #ask(action: string, values: Readonly<Record<string, string | number>>): Promise<number | undefined> {
    const { type, control } = this.#service
    const fields = Object.entries(values).map(([name, value]) => `<${name}>${value}</${name}>`)
    const body =
      '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" ' +
      's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>' +
      `<u:${action} xmlns:u="${type}">${fields.join('')}</u:${action}></s:Body></s:Envelope>`
    const { status, body: said } = await answer(control, { method: 'POST', body, action: `"${type}#${action}"` })
    return status === 200 ? undefined : Number(/<errorCode>\s*(\d{1,5})\s*</.exec(said)?.[1] ?? 0)
  }
}

interface Asked {
  readonly method: 'GET' | 'POST'
  readonly body?: string
  readonly action?: string
}

/** One request over HTTP, bounded in time and bytes. */
async function answer(url: URL, { method, body, action }: Asked): Promise<{ status: number; body: string }> {
  return await new Promise((resolve, reject) => {
    const headers = action === undefined ? {} : { 'Content-Type': 'text/xml; charset="utf-8"', SOAPAction: action }
    const asked = request(url, { method, headers, agent: false, timeout: ANSWER_MS }, (response) => {
      const chunks: Buffer[] = []
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > MAX_BODY_BYTES) asked.destroy(new DialError('the router says too much'))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }))
    })
    asked.on('timeout', () => asked.destroy(new DialError('the router did not answer')))
    asked.on('error', reject)
    asked.end(body)
  })
}
