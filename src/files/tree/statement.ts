import { hybridKey } from '../../base/hybrid-clock.ts'
import type { Entry } from '../../journal/entry-types.ts'
import type { Body } from './bodies.ts'
import { decodeBody } from './bodies.ts'
import { idBytesOf } from './node-ids.ts'

/** A body with what identifies and orders it: the same for everybody, however often it is written. */
export interface Statement {
  readonly entry: Entry
  readonly body: Body
  /** 16 bytes. */
  readonly id: Uint8Array
  /** Clock, then id: the order of everything in the tree. */
  readonly order: Uint8Array
}

/** `undefined` where the entry is void. */
export function readStatement(entry: Entry): Statement | undefined {
  if (entry.journal.kind !== 'data') return undefined
  const body = decodeBody(entry.kind, entry.body, entry.lamport)
  if (body === undefined) return undefined
  const id = idBytesOf(entry.device, entry.body)
  return { entry, body, id, order: hybridKey(body.clock, id) }
}
