/**
 * The API of a peer for those who own its process: serve it on a MessagePort, to programs of this machine, to browsers of
 * this machine. Programs and pages import `contract` and `client` instead, which run anywhere.
 */
export type { ApiClient, CallOptions } from './client/client.ts'
export { createApiClient } from './client/create-client.ts'
export { ApiError, CallAbortedError, PeerGoneError } from './client/errors.ts'
export { contentSecurityPolicy } from './http/content-security-policy.ts'
export type { ServeUiOptions, ServedUi } from './http/serve-ui.ts'
export { serveUi } from './http/serve-ui.ts'
export type { ServeApiOptions, ServedConnection } from './server/serve-api.ts'
export { serveApi } from './server/serve-api.ts'
export { connectLocally } from './socket/connect.ts'
export { AlreadyRunningError, LocalSocketError, NotRunningError } from './socket/errors.ts'
export type { ListenOptions, LocalServer } from './socket/listen.ts'
export { listenLocally } from './socket/listen.ts'
export type { Channel } from './wire/channel.ts'
export { channelPair } from './wire/channel-pair.ts'
export type { DomPort, ElectronPort } from './wire/message-port.ts'
export { domPortChannel, electronPortChannel } from './wire/message-port.ts'
