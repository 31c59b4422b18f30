import { decodeCborMap, encodeCbor, isCborOf, readBytes, readText, readWhole } from '../../base/cbor.ts'
import type { DeviceId } from '../../base/ids.ts'
import { publicKeyOf } from '../device-key.ts'
import { MAX_NAME_BYTES, toName } from '../names.ts'
import { MAX_ACT_BYTES, MAX_USES } from './constants.ts'
import type { Cut } from './cuts.ts'
import { readCuts, writeCuts } from './cuts.ts'
import { readDevice } from './read-device.ts'
import type { Role } from './roles.ts'
import { ROLES } from './roles.ts'

/** One field of a body: how it is read from CBOR (`undefined`: it is not one) and written. */
interface Field<T> {
  readonly read: (value: unknown) => T | undefined
  readonly write: (value: T) => unknown
}

const field = <T>(
  read: (value: unknown) => T | undefined,
  write: (value: T) => unknown = (value) => value,
): Field<T> => ({ read, write })

const bytes = (length: number): Field<Uint8Array> => field((value) => readBytes(value, length))
const device = field(readDevice, publicKeyOf)
const role = field<Role>((value) => ROLES.find((name) => name === value))
const uses = field((value) => readWhole(value, 1, MAX_USES))
/** Wall milliseconds. */
const time = field((value) => readWhole(value, 0, Number.MAX_SAFE_INTEGER))
const cuts = field<readonly Cut[]>(readCuts, writeCuts)
const name = field((value) => {
  const text = readText(value, MAX_NAME_BYTES)
  return text === undefined || toName(text) !== text ? undefined : text
}, toName)

/** Kept when a body is written anew, by which doubles are known. */
const id = bytes(16)
/** What an invite grants; the inviter signs it, so that it holds without the inviter's journal. */
const grant = { invite: bytes(32), role, uses, expires: time }

const SHAPES = {
  /** The space is made of `nonce` and the author's key, so there is one founder. */
  'swarm.found': { id, name, person: name, machine: name, nonce: bytes(32) },
  'swarm.rename': { id, name },
  'invite.create': { id, ...grant },
  'invite.revoke': { id, invite: bytes(32), inviter: device },
  /** The joiner's key with proofs of the invite's seed and of the key itself. */
  'person.admit': {
    id,
    ...grant,
    inviter: device,
    granted: bytes(64),
    device,
    person: name,
    machine: name,
    proof: bytes(64),
    consent: bytes(64),
  },
  /** People are named by their first device. */
  'person.rename': { id, person: device, name },
  'person.role': { id, person: device, role, cuts },
  'person.remove': { id, person: device, cuts },
  'device.link': { id, person: device, device, machine: name, consent: bytes(64) },
  'device.rename': { id, device, name },
  'device.remove': { id, device, cuts },
  'device.confirm': { id, device },
  /** The author's own device. */
  'device.leave': { id, cuts },
} as const

type Shapes = typeof SHAPES
export type ActKind = keyof Shapes
type Body<S> = { readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never }

/** One step in the history of who belongs. */
export type Act = { [K in ActKind]: { readonly kind: K } & Body<Shapes[K]> }[ActKind]
export type ActOf<K extends ActKind> = Extract<Act, { readonly kind: K }>

export const ACT_KINDS = Object.keys(SHAPES) as readonly ActKind[]

export function isActKind(kind: string): kind is ActKind {
  return Object.hasOwn(SHAPES, kind)
}

type AnyFields = Readonly<Record<string, Field<unknown>>>

/** The body of an entry of the act's kind: deterministic CBOR. Names are brought into their form. */
export function encodeAct(act: Act): Uint8Array {
  const values = new Map(Object.entries(act))
  const fields = Object.entries(SHAPES[act.kind] as unknown as AnyFields)
  return encodeCbor(Object.fromEntries(fields.map(([key, { write }]) => [key, write(values.get(key))])))
}

/** The act that an entry of this kind and body is, or `undefined`: it then says nothing. Never throws. */
export function decodeAct(kind: string, body: Uint8Array): Act | undefined {
  if (!isActKind(kind)) return undefined
  const values = decodeCborMap(body, MAX_ACT_BYTES)
  if (values === undefined) return undefined
  const act: Record<string, unknown> = { kind }
  for (const [key, { read }] of Object.entries(SHAPES[kind] as unknown as AnyFields)) {
    const value = read(values.get(key))
    if (value === undefined) return undefined
    act[key] = value
  }
  // One spelling: no field more, and text that is what its bytes say.
  return isCborOf(body, Object.fromEntries(values)) && values.size === Object.keys(act).length - 1
    ? (act as unknown as Act)
    : undefined
}

/** What an act says of devices and their journals; only those that take something away have cuts. */
export type Restriction = ActOf<'person.remove' | 'person.role' | 'device.remove' | 'device.leave'>
export type Admission = ActOf<'swarm.found' | 'person.admit' | 'device.link'>
export type PersonId = DeviceId
