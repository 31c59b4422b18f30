import { decodeCborMap, encodeCbor, isCborOf, readBytes, readText } from '../../base/cbor.ts'
import { publicKeyOf } from '../device-key.ts'
import { MAX_NAME_BYTES, toName } from '../names.ts'
import type { Cut, PersonId } from '../roster/index.ts'
import { readCuts, readDevice, writeCuts } from '../roster/index.ts'

/** Bodies that say who belongs to a private space. `id`: 16 bytes, kept when a body is written anew. */
export type SpaceAct =
  | {
      readonly kind: 'space.found'
      readonly id: Uint8Array
      readonly people: readonly PersonId[]
      /** Of a channel; a direct space has neither. */
      readonly channel?: { readonly name: string; /** 32 bytes. */ readonly nonce: Uint8Array }
    }
  | { readonly kind: 'space.add'; readonly id: Uint8Array; readonly person: PersonId }
  | { readonly kind: 'space.rename'; readonly id: Uint8Array; readonly name: string }
  | {
      readonly kind: 'space.remove'
      readonly id: Uint8Array
      readonly person: PersonId
      readonly cuts: readonly Cut[]
    }
  | { readonly kind: 'space.leave'; readonly id: Uint8Array; readonly cuts: readonly Cut[] }

/** Below what an entry carries inline. */
const MAX_ACT_BYTES = 96 * 1024
export const MAX_SPACE_PEOPLE = 1000

export function encodeSpaceAct(act: SpaceAct): Uint8Array {
  switch (act.kind) {
    case 'space.found':
      return encodeCbor({
        id: act.id,
        people: [...act.people].sort().map((person) => publicKeyOf(person)),
        ...(act.channel === undefined ? {} : { name: toName(act.channel.name), nonce: act.channel.nonce }),
      })
    case 'space.add':
      return encodeCbor({ id: act.id, person: publicKeyOf(act.person) })
    case 'space.rename':
      return encodeCbor({ id: act.id, name: toName(act.name) })
    case 'space.remove':
      return encodeCbor({ id: act.id, person: publicKeyOf(act.person), cuts: writeCuts(act.cuts) })
    case 'space.leave':
      return encodeCbor({ id: act.id, cuts: writeCuts(act.cuts) })
  }
}

/** The act that an entry of this kind and body is, or `undefined`: it then says nothing. Never throws. */
export function decodeSpaceAct(kind: string, body: Uint8Array): SpaceAct | undefined {
  const fields = decodeCborMap(body, MAX_ACT_BYTES)
  const id = readBytes(fields?.get('id'), 16)
  if (fields === undefined || id === undefined) return undefined
  const act = readAct(kind, id, fields)
  // One spelling, and no field more.
  return act !== undefined && isCborOf(body, Object.fromEntries(fields)) && fields.size === sizeOf(act)
    ? act
    : undefined
}

function readAct(kind: string, id: Uint8Array, fields: ReadonlyMap<string, unknown>): SpaceAct | undefined {
  const person = readDevice(fields.get('person'))
  const cuts = readCuts(fields.get('cuts'))
  const name = readName(fields.get('name'))
  switch (kind) {
    case 'space.found': {
      const people = readPeople(fields.get('people'))
      const nonce = readBytes(fields.get('nonce'), 32)
      if (people === undefined) return undefined
      if (name === undefined && nonce === undefined) return { kind, id, people }
      return name === undefined || nonce === undefined ? undefined : { kind, id, people, channel: { name, nonce } }
    }
    case 'space.add':
      return person === undefined ? undefined : { kind, id, person }
    case 'space.rename':
      return name === undefined ? undefined : { kind, id, name }
    case 'space.remove':
      return person === undefined || cuts === undefined ? undefined : { kind, id, person, cuts }
    case 'space.leave':
      return cuts === undefined ? undefined : { kind, id, cuts }
    default:
      return undefined
  }
}

function sizeOf(act: SpaceAct): number {
  if (act.kind === 'space.found') return act.channel === undefined ? 2 : 4
  return Object.keys(act).length - 1
}

function readName(value: unknown): string | undefined {
  const text = readText(value, MAX_NAME_BYTES)
  return text === undefined || toName(text) !== text ? undefined : text
}

function readPeople(value: unknown): readonly PersonId[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_SPACE_PEOPLE) return undefined
  const people = value.map(readDevice)
  if (!people.every((person) => person !== undefined)) return undefined
  return people.every((person, index) => index === 0 || (people[index - 1] ?? '') < person) ? people : undefined
}
