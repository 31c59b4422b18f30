import type { DeviceId } from '../../base/ids.ts'
import type { Grant } from './grants.ts'
import type { Step } from './history.ts'
import { isWithin, RIGHTS } from './roles.ts'
import { about } from './subjects.ts'
import type { Settlement, View } from './view.ts'

/** An invite as the entries show it. Whether it has expired is for the admitter's clock. */
export interface RosterInvite extends Grant {
  readonly inviter: DeviceId
  /** Devices let in by it, suspended ones included. */
  readonly used: number
  readonly state: 'open' | 'used' | 'revoked'
}

type GrantStep = Step<'invite.create' | 'person.admit'>

/** Every invite that somebody made or came in by, by inviter and id. */
export function invitesOf({ history, standing }: Settlement, view: View): readonly RosterInvite[] {
  const invites = new Map<string, RosterInvite>()
  for (const step of history.steps) {
    if (standing[step.index] !== 'stands') continue
    if (step.act.kind !== 'invite.create' && step.act.kind !== 'person.admit') continue
    const { act } = step as GrantStep
    const inviter = act.kind === 'invite.create' ? step.entry.device : act.inviter
    const subject = about.invite(act.invite, inviter)
    if (!invites.has(subject)) invites.set(subject, inviteOf(act, inviter, view))
  }
  return [...invites].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, invite]) => invite)
}

function inviteOf({ invite, role, uses, expires }: Grant, inviter: DeviceId, view: View): RosterInvite {
  const used = view.bearers(invite, inviter).length
  const isRevoked = !mayStillInvite(role, inviter, view) || isTakenBack(invite, inviter, view)
  const state = isRevoked ? 'revoked' : used >= uses ? 'used' : 'open'
  return { invite, inviter, role, uses, expires, used, state }
}

function isTakenBack(invite: Uint8Array, inviter: DeviceId, view: View): boolean {
  return view.acts(about.invite(invite, inviter), 'invite.revoke').length > 0
}

function mayStillInvite(role: Grant['role'], inviter: DeviceId, view: View): boolean {
  const person = view.personOf(inviter)
  const own = person === undefined ? undefined : view.roleOf(person)
  return own !== undefined && view.stateOf(inviter) === 'active' && isWithin(role, RIGHTS[own].invite)
}
