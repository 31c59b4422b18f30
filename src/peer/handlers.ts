import type { CallName, Parameters, Result } from '../api/contract/index.ts'
import type { ApiConnection } from './service.ts'

export type Handler<Name extends CallName> = (
  parameters: Parameters<Name>,
  connection: ApiConnection,
  signal: AbortSignal,
) => Promise<Result<Name>>

/** One for every call of the contract. */
export type Handlers = { readonly [Name in CallName]: Handler<Name> }

/** Those whose names begin so. */
export type HandlersFor<Prefix extends string> = Pick<Handlers, Extract<CallName, `${Prefix}.${string}`>>
