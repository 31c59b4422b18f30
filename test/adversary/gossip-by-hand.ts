import { encode } from 'cborg'

import type { Forged } from './insider.ts'

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest])
    bytes.push((rest % 128) + 128)
  }
}

/** A field of protobuf that holds bytes. */
function field(number: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes])
}

/** A message of gossipsub: its length, then the RPC. */
export function rpc(...fields: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.concat(fields)
  return Buffer.concat([varint(bytes.length), bytes])
}

export const subscription = (topic: string): Uint8Array =>
  field(1, Buffer.concat([Uint8Array.of(8, 1), field(2, Buffer.from(topic))]))

export const publication = (topic: string, data: Uint8Array): Uint8Array =>
  field(2, Buffer.concat([field(2, data), field(4, Buffer.from(topic))]))

/** Entries as the journal gossips them. */
export const gossiped = (entries: readonly Forged[]): Uint8Array =>
  encode(entries.map(({ body, header, signature }) => [header.bytes, signature, body]))
