import { MAX_PRESENCE_BYTES } from './constants.ts'
import { ByteReader } from './yjs/byte-reader.ts'
import { ByteWriter } from './yjs/byte-writer.ts'

/** One client's state in an awareness update (y-protocols/awareness.js). */
export interface AwarenessState {
  readonly client: number
  readonly clock: number
  /** JSON; null: gone. */
  readonly state: string | null
}

const MAX_CLIENTS = 64

/** @throws MalformedUpdateError */
export function readAwareness(bytes: Uint8Array): readonly AwarenessState[] {
  const reader = new ByteReader(bytes.subarray(0, MAX_PRESENCE_BYTES * MAX_CLIENTS))
  const count = reader.count(3, MAX_CLIENTS)
  const states: AwarenessState[] = []
  for (let i = 0; i < count; i++) {
    const client = reader.varUint()
    const clock = reader.varUint()
    const text = reader.varString()
    states.push({ client, clock, state: text === 'null' ? null : text })
  }
  return states
}

export function writeAwareness(states: readonly AwarenessState[]): Uint8Array {
  const writer = new ByteWriter(256)
  writer.varUint(states.length)
  for (const { client, clock, state } of states) {
    writer.varUint(client)
    writer.varUint(clock)
    writer.varString(state ?? 'null')
  }
  return writer.finish()
}
