/** The peer's side of its API: serves one client on one channel. */
export type { ServeApiOptions, ServedConnection } from './serve-api.ts'
export { serveApi } from './serve-api.ts'
