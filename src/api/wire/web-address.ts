/** How a page finds the peer that served it, and shows that it may speak to it. */

export const WEB_SOCKET_PATH = '/api'

/** The address to open has the token in its fragment, which browsers never send. */
const FRAGMENT_KEY = 'token'
/** A browser can add nothing else to the request that opens a WebSocket, and addresses end up in histories and logs. */
const SUBPROTOCOL = 'murmuration.v1'
const TOKEN_PREFIX = 'token.'

export function pageAddress(port: number, token: string): string {
  return `http://127.0.0.1:${port}/#${FRAGMENT_KEY}=${token}`
}

/** The token in `location.hash`, or null. */
export function tokenOf(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, '')).get(FRAGMENT_KEY)
}

export function subprotocols(token: string): string[] {
  return [SUBPROTOCOL, `${TOKEN_PREFIX}${token}`]
}

/** The token among the offered subprotocols, where ours is offered too; else null. */
export function tokenOffered(offered: Iterable<string>): string | null {
  const names = [...offered]
  if (!names.includes(SUBPROTOCOL)) return null
  const token = names.find((name) => name.startsWith(TOKEN_PREFIX))
  return token === undefined ? null : token.slice(TOKEN_PREFIX.length)
}

/** What the peer answers with: never the token. */
export const ANSWERED_SUBPROTOCOL = SUBPROTOCOL
