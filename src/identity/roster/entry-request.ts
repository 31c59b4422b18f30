import type { CborFields } from '../../base/cbor.ts'
import { readBytes } from '../../base/cbor.ts'
import type { SpaceId } from '../../base/ids.ts'
import type { DeviceKey, Verify } from '../device-key.ts'
import type { ActOf, PersonId } from './acts.ts'
import { decodeAct, encodeAct } from './acts.ts'
import type { JoinRequest } from './grants.ts'
import { bearerMessage, consentToLink, inviteKey } from './grants.ts'
import type { Refusal } from './refusal.ts'

/** What a further device of a person asks the machine that made its link. */
export interface LinkRequest extends Omit<ActOf<'device.link'>, 'kind' | 'id'> {
  /** The public key of the link's seed, 32 bytes. */
  readonly link: Uint8Array
  /** Its signature over the new device, 64 bytes. */
  readonly proof: Uint8Array
}

/** What a machine asks to come in with. */
export type EntryRequest =
  | { readonly type: 'join'; readonly join: JoinRequest }
  | { readonly type: 'link'; readonly link: LinkRequest }

/** `link`: nobody made it here, or not lately. */
export type EntryRefusal = Refusal | 'link'
export const ENTRY_REFUSALS: readonly EntryRefusal[] = [
  'forged',
  'expired',
  'revoked',
  'used',
  'member',
  'admitter',
  'link',
]

/** What the bearer of a device link asks with; `seed` and `key` stay where they are. */
export function requestLink(options: {
  readonly space: SpaceId
  readonly seed: Uint8Array
  readonly key: DeviceKey
  readonly person: PersonId
  readonly machine: string
}): LinkRequest {
  const { key, machine, person, seed, space } = options
  const bearer = inviteKey(seed)
  return {
    person,
    device: key.device,
    machine,
    consent: consentToLink(key, space, person, machine),
    link: bearer.publicKey,
    proof: bearer.sign(bearerMessage(space, key.device)),
  }
}

/** Whether the request bears the link's seed; its consent is for the roster to check. */
export function isLinkRequest(space: SpaceId, { device, link, proof }: LinkRequest, verify: Verify): boolean {
  return verify(link, bearerMessage(space, device), proof)
}

/** Not an entry yet: the one who writes it draws its own. */
const NO_ID = new Uint8Array(16)

export function writeEntryRequest(request: EntryRequest): Readonly<Record<string, unknown>> {
  if (request.type === 'join') {
    return { join: encodeAct({ kind: 'person.admit', id: NO_ID, ...request.join }) }
  }
  const { link, proof, ...act } = request.link
  return { act: encodeAct({ kind: 'device.link', id: NO_ID, ...act }), link, proof }
}

/** The request in a frame, or `undefined`. Nothing of it is verified. */
export function readEntryRequest(fields: CborFields): EntryRequest | undefined {
  const join = fields.get('join')
  if (join instanceof Uint8Array) {
    const act = decodeAct('person.admit', join)
    return act?.kind === 'person.admit' ? { type: 'join', join: withoutKind(act) } : undefined
  }
  const body = fields.get('act')
  const link = readBytes(fields.get('link'), 32)
  const proof = readBytes(fields.get('proof'), 64)
  if (!(body instanceof Uint8Array) || link === undefined || proof === undefined) return undefined
  const act = decodeAct('device.link', body)
  if (act?.kind !== 'device.link') return undefined
  return { type: 'link', link: { ...withoutKind(act), link, proof } }
}

function withoutKind<T extends { readonly kind: string; readonly id: Uint8Array }>(act: T): Omit<T, 'kind' | 'id'> {
  const { id: _id, kind: _kind, ...rest } = act
  return rest
}
