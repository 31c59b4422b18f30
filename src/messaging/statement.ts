import type { Entry } from '../journal/entry-types.ts'
import type { Body } from './bodies.ts'
import { decodeBody } from './bodies.ts'
import { CLOCK_TOLERANCE_MS } from './constants.ts'
import { idBytesOf, orderKey } from './places.ts'

/** An entry with its body read. */
export interface Statement {
  readonly entry: Entry
  readonly body: Body
  /** What the body makes is called by it. */
  readonly id: Uint8Array
  /** Clock and id of the body. */
  readonly order: Uint8Array
}

/** Asks for a record, to be read together with all others that are asked for. */
export type Want = (key: Uint8Array, take: (value: Uint8Array | undefined) => void) => void

/** `undefined` where the entry is void. */
export function readStatement(entry: Entry): Statement | undefined {
  if (entry.journal.kind !== 'data') return undefined
  const body = decodeBody(entry.kind, entry.body, entry.lamport)
  if (body === undefined) return undefined
  const id = idBytesOf(entry.device, entry.body)
  return { entry, body, id, order: orderKey(body.clock, id) }
}

/**
 * Whether the author's wall clock was off, as far as this machine can tell when the entry comes: it speaks of the
 * future; or of the past, though the author knew a time of just now. An old message that is caught up is no sign.
 */
export function isClockOff(body: Body, now: number): boolean {
  if (body.at > now + CLOCK_TOLERANCE_MS) return true
  return body.at < now - CLOCK_TOLERANCE_MS && Math.abs(body.clock.time - now) <= CLOCK_TOLERANCE_MS
}
