import { timingSafeEqual } from 'node:crypto'

import { tokenOffered } from '../wire/web-address.ts'

/** The names under which a page of this machine may have been opened. */
const HOSTS = ['127.0.0.1', 'localhost'] as const

interface FileHeaders {
  readonly host: string | undefined
  readonly origin: string | undefined
}

interface ConnectionHeaders extends FileHeaders {
  readonly subprotocols: string | undefined
}

/**
 * Who may come in over HTTP. The Host shows that a browser meant this server and was not led to it by a name that
 * somebody else owns (DNS rebinding); the Origin that it is this server's page that asks and not another site's; the
 * token that it is the person to whom the address was printed.
 */
export class Gate {
  readonly #hosts: ReadonlySet<string>
  readonly #origins: ReadonlySet<string>
  readonly #token: Buffer

  constructor(port: number, token: string) {
    this.#hosts = new Set(HOSTS.map((host) => `${host}:${port}`))
    this.#origins = new Set(HOSTS.map((host) => `http://${host}:${port}`))
    this.#token = Buffer.from(token)
  }

  /** Whether a file may be served: they are no secret, but other sites' pages have no business with them. */
  allowsFile({ host, origin }: FileHeaders): boolean {
    return host !== undefined && this.#hosts.has(host) && (origin === undefined || this.#origins.has(origin))
  }

  /** Whether a connection to the peer may be opened. */
  allowsConnection(headers: ConnectionHeaders): boolean {
    return headers.origin !== undefined && this.allowsFile(headers) && this.#hasToken(headers.subprotocols)
  }

  #hasToken(subprotocols: string | undefined): boolean {
    if (subprotocols === undefined) return false
    const token = tokenOffered(subprotocols.split(',').map((name) => name.trim()))
    if (token === null) return false
    const given = Buffer.from(token)
    return given.length === this.#token.length && timingSafeEqual(given, this.#token)
  }
}
