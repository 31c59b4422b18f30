import * as v from 'valibot'

import { InvalidInputError } from '../../base/errors.ts'
import type { CallName, Parameters } from '../contract/index.ts'
import { CALLS } from '../contract/index.ts'

export function isCallName(name: string): name is CallName {
  return Object.hasOwn(CALLS, name)
}

/**
 * The parameters as the call's schema leaves them (labels trimmed).
 * @throws InvalidInputError naming the call and the parameter
 */
export function parseParameters<Name extends CallName>(name: Name, parameters: unknown): Parameters<Name> {
  const parsed = v.safeParse(CALLS[name], parameters, { abortEarly: true })
  if (parsed.success) return parsed.output
  const [issue] = parsed.issues
  const path = v.getDotPath(issue)
  throw new InvalidInputError(path === null ? `${name}: ${issue.message}` : `${name}: "${path}" ${sentence(issue)}`)
}

/** Our own texts go on from the parameter's name; valibot's stand by themselves. */
function sentence({ message }: { readonly message: string }): string {
  return message.startsWith('is ') ? message : `is not valid: ${message}`
}
