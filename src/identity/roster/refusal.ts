import { bytesEqual } from '../../base/bytes.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import type { Verify } from '../device-key.ts'
import { verifySignature } from '../device-key.ts'
import type { JoinRequest } from './grants.ts'
import { isJoinRequest } from './grants.ts'
import { isWithin, RIGHTS } from './roles.ts'
import type { Roster } from './roster.ts'

/** Why a bearer is not let in; `member`: its device was admitted before, and may still be one. */
export type Refusal = 'forged' | 'expired' | 'revoked' | 'used' | 'member' | 'admitter'

/**
 * What an admitter answers to a request before it admits: `undefined` where its admission will stand.
 * @param options.now wall milliseconds of the admitter, the only clock that an invite's expiry is held against
 */
export function refusalOf(
  roster: Roster,
  join: JoinRequest,
  options: {
    readonly space: SpaceId
    readonly admitter: DeviceId
    readonly now: number
    readonly verify?: Verify
  },
): Refusal | undefined {
  const { admitter, now, space, verify = verifySignature } = options
  if (!isJoinRequest(space, join, verify)) return 'forged'
  const own = roster.devices.get(admitter)
  if (own?.state !== 'active' || !RIGHTS[own.role].admit) return 'admitter'
  if (roster.devices.has(join.device)) return 'member'
  const inviter = roster.devices.get(join.inviter)
  const invite = roster.invites.find((item) => item.inviter === join.inviter && bytesEqual(item.invite, join.invite))
  if (inviter?.state !== 'active' || !isWithin(join.role, RIGHTS[inviter.role].invite)) return 'revoked'
  if (invite?.state === 'revoked') return 'revoked'
  if (now >= join.expires) return 'expired'
  return (invite?.used ?? 0) >= join.uses ? 'used' : undefined
}
