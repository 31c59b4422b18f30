import { DialError, NotAdmittedError } from '../errors.ts'
import type { PeerAddress } from './peer-address.ts'

/** An address through a relay tells where the relay is, too. */
export function withRelay(address: PeerAddress): readonly PeerAddress[] {
  return address.via?.address === undefined ? [address] : [address, address.via.address]
}

/** One failure that tells of all: who was met and refused counts more than who was not met. */
export function joined(errors: readonly unknown[]): unknown {
  const [first, ...rest] = errors
  const refusal = errors.find((error) => error instanceof NotAdmittedError)
  if (refusal !== undefined) return refusal
  const dials = errors.filter((error) => error instanceof DialError)
  if (rest.length === 0 || dials.length === 0) return first
  return new DialError(dials.map((error) => error.message).join('\n'))
}
