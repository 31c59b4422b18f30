import { MAX_GOSSIPED_BODY_BYTES, MAX_GOSSIPED_BYTES, MAX_GOSSIPED_ENTRIES } from './constants.ts'

/** Of each entry beside header and body: its signature, and what encoding adds. */
const OVERHEAD_BYTES = 80

/** Consecutive entries as one gossip message would carry them. */
export interface GossipRun {
  readonly entries: number
  readonly bytes: number
}

export const EMPTY_RUN: GossipRun = { entries: 0, bytes: 0 }

export function longer(
  run: GossipRun,
  header: { readonly bytes: Uint8Array },
  body: Uint8Array | undefined,
): GossipRun {
  const carried = isCarried(body) ? body.length : 0
  return { entries: run.entries + 1, bytes: run.bytes + header.bytes.length + carried + OVERHEAD_BYTES }
}

/** Whether gossip carries this body; others are pulled. */
export function isCarried(body: Uint8Array | undefined): body is Uint8Array {
  return body !== undefined && body.length <= MAX_GOSSIPED_BODY_BYTES
}

/** One entry always does. */
export function fits({ bytes, entries }: GossipRun): boolean {
  return entries <= 1 || (entries <= MAX_GOSSIPED_ENTRIES && bytes <= MAX_GOSSIPED_BYTES)
}
