/** The door for programs of this machine that talk to a running peer: light, so that they start at once. */
export type { ApiClient, CallOptions } from './client/client.ts'
export { createApiClient } from './client/create-client.ts'
export { ApiError } from './client/errors.ts'
export { connectLocally } from './socket/connect.ts'
export { NotRunningError } from './socket/errors.ts'
