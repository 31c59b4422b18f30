import { fromBase64url, toBase64url } from '../../base/bytes.ts'
import { readBytes, readText } from '../../base/cbor.ts'
import type { SpaceId } from '../../base/ids.ts'
import { parseSpaceId } from '../../base/ids.ts'
import { publicKeyOf } from '../device-key.ts'
import { InviteError } from '../errors.ts'
import { toName } from '../names.ts'
import type { PersonId } from './acts.ts'
import { MAX_LINK_NAME_BYTES } from './constants.ts'
import { SEED_BYTES } from './grants.ts'
import type { InviteLink } from './invite-link.ts'
import { readInvite } from './invite-link.ts'
import {
  listOf,
  NO_INVITE,
  readAddresses,
  readLinkText,
  shortName,
  writeAddresses,
  writeLinkText,
} from './link-text.ts'
import { readDevice } from './read-device.ts'

/** What brings a further machine of a person into the swarm, with the help of the machine that made it alone. */
export interface DeviceLink {
  readonly space: SpaceId
  /** 16 random bytes. */
  readonly seed: Uint8Array
  readonly person: PersonId
  /** The swarm's, for the person to know what this is. */
  readonly name: string
  /** Multiaddrs of the machine that made it. */
  readonly addresses: readonly string[]
}

export function encodeDeviceLink({ addresses, name, person, seed, space }: DeviceLink): string {
  return writeLinkText('device', [
    fromBase64url(space),
    seed,
    publicKeyOf(person),
    shortName(name),
    writeAddresses(addresses, person),
  ])
}

/**
 * Reads what people paste to come in: an invite, or the link of another machine of theirs.
 * @throws InviteError that says what is wrong with it, InviteTooNewError
 */
export function decodeLink(
  text: string,
): ({ readonly type: 'invite' } & InviteLink) | ({ readonly type: 'device' } & DeviceLink) {
  const fields = readLinkText(text)
  const invite = readInvite(fields.get('invite'))
  if (invite !== undefined) return { type: 'invite', ...invite }
  const device = readDeviceLink(fields.get('device'))
  if (device !== undefined) return { type: 'device', ...device }
  throw new InviteError(NO_INVITE)
}

function readDeviceLink(value: unknown): DeviceLink | undefined {
  const [spaceBytes, seedBytes, personKey, text, packed] = listOf(value, 5)
  const space = readBytes(spaceBytes, 32)
  const seed = readBytes(seedBytes, SEED_BYTES)
  const person = readDevice(personKey)
  const name = readText(text, MAX_LINK_NAME_BYTES)
  if (space === undefined || seed === undefined || person === undefined || name === undefined) return undefined
  const addresses = readAddresses(packed, person)
  if (addresses === undefined) return undefined
  return { space: parseSpaceId(toBase64url(space)), seed, person, name: toName(name), addresses }
}
