/** What the renderer takes from the peer's API, in one place. */
export type { ApiClient } from '../../src/api/client/index.ts'
export { createApiClient, openWebSocketChannel } from '../../src/api/client/index.ts'

/** The stable code of a failed call; `UNKNOWN` where it has none. */
export function codeOfError(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'UNKNOWN'
}

/** The sentence of a failed call, for people. */
export function messageOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The connection to the peer ended before the answer came; the peer may or may not have done what was asked. */
export function isPeerGone(error: unknown): boolean {
  return codeOfError(error) === 'PEER_GONE'
}
