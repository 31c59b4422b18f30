/** The API for programs on this machine: a socket in the data folder that only its owner can open. */
export type { ConnectOptions } from './connect.ts'
export { connectLocally } from './connect.ts'
export { AlreadyRunningError, LocalSocketError, NotRunningError } from './errors.ts'
export type { ListenOptions, LocalServer } from './listen.ts'
export { listenLocally } from './listen.ts'
