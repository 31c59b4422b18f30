import type { Act, ActOf, PersonId } from './acts.ts'
import type { Step } from './history.ts'
import type { Rights, Role } from './roles.ts'
import { isWithin, levelOf, RIGHTS } from './roles.ts'
import { about, doubleKey } from './subjects.ts'
import type { Rank, View } from './view.ts'

/** Who acts, as the author itself knew it. */
interface Actor {
  readonly person: PersonId
  readonly role: Role
  readonly rights: Rights
}

/**
 * The rank of an act whose author had the right to it, given what it knew; `undefined` where it had not.
 * @param view what the author knew
 * @param atMost a role that somebody gave the author without its knowledge: whether it could have done this even so
 */
export function judge(step: Step, view: View, atMost?: Role): Rank | undefined {
  const { act, entry } = step
  const author = entry.device
  if (act.kind === 'swarm.found') return { level: levelOf('owner'), depth: 0, hash: entry.hash }
  const person = view.personOf(author)
  const given = person === undefined ? undefined : view.roleOf(person)
  if (person === undefined || given === undefined || !mayAct(view, step)) return undefined
  const role = atMost !== undefined && levelOf(atMost) < levelOf(given) ? atMost : given
  if (isDouble(step, view) || !may({ person, role, rights: RIGHTS[role] }, step, view)) return undefined
  return { level: levelOf(role), depth: view.depthOf(author), hash: entry.hash }
}

/** Whoever is suspended may only go. */
function mayAct(view: View, { act, entry }: Step): boolean {
  const state = view.stateOf(entry.device)
  return state === 'active' || (state === 'suspended' && act.kind === 'device.leave')
}

function isDouble({ act, entry }: Step, view: View): boolean {
  return view.acts(doubleKey(act, entry.device), act.kind).length > 0
}

function may(actor: Actor, step: Step, view: View): boolean {
  const { person, rights } = actor
  const { act } = step
  switch (act.kind) {
    case 'swarm.found':
      return true
    case 'swarm.rename':
      return rights.renameSwarm
    case 'invite.create':
      return isWithin(act.role, rights.invite)
    case 'invite.revoke':
      return rights.revoke === 'any' || view.personOf(act.inviter) === person
    case 'person.admit':
      return rights.admit && mayEnter(act, view)
    case 'person.rename':
      return act.person === person
    case 'person.role':
      return mayGive(actor, act, view)
    case 'person.remove':
      return mayManage(actor, act.person, view) && leavesAnOwner(act, view)
    case 'device.link':
      return rights.link && act.person === person && view.admission(act.device) === undefined
    case 'device.rename':
      return view.personOf(act.device) === person
    case 'device.remove': {
      const owner = view.personOf(act.device)
      return owner !== undefined && mayManage(actor, owner, view) && isHere(act, view) && leavesAnOwner(act, view)
    }
    case 'device.confirm': {
      const role = view.roleOf(act.device)
      return rights.confirm && role !== undefined && isWithin(role, actor.role)
    }
    case 'device.leave':
      return leavesAnOwner(act, view, step)
  }
}

/** A device that was never admitted, by a grant that is in force and not used up. Removal is for good. */
function mayEnter(act: ActOf<'person.admit'>, view: View): boolean {
  if (view.admission(act.device) !== undefined || view.stateOf(act.inviter) !== 'active') return false
  const inviter = view.personOf(act.inviter)
  const role = inviter === undefined ? undefined : view.roleOf(inviter)
  if (role === undefined || !isWithin(act.role, RIGHTS[role].invite)) return false
  if (view.acts(about.invite(act.invite, act.inviter), 'invite.revoke').length > 0) return false
  return !view.mayBeUsedUp(act) || view.bearers(act.invite, act.inviter).length < act.uses
}

function isHere({ device }: ActOf<'device.remove'>, view: View): boolean {
  const state = view.stateOf(device)
  return state === 'active' || state === 'suspended'
}

function mayManage({ person, rights }: Actor, target: PersonId, view: View): boolean {
  const role = view.roleOf(target)
  return role !== undefined && (target === person || isWithin(role, rights.manage))
}

/** Everybody may step down; a helper stays one, since there is no person behind it. */
function mayGive(actor: Actor, act: ActOf<'person.role'>, view: View): boolean {
  const before = view.roleOf(act.person)
  if (before === undefined || before === 'helper' || act.role === 'helper') return false
  const isDown = levelOf(act.role) < levelOf(before)
  const own = act.person === actor.person && isDown
  const managed = isWithin(before, actor.rights.manage) && isWithin(act.role, actor.role)
  return (own || managed) && (!isDown || leavesAnOwner(act, view))
}

/** Whether somebody is still an owner afterwards, as far as the author knew. */
export function leavesAnOwner(act: Act, view: View, step?: Step): boolean {
  switch (act.kind) {
    case 'person.role':
    case 'person.remove':
      return view.owners().some((person) => person !== act.person && view.isOwner(person))
    case 'device.remove':
      return view.owners().some((person) => view.isOwner(person, act.device))
    case 'device.leave':
      return view.owners().some((person) => view.isOwner(person, step?.entry.device))
    default:
      return true
  }
}
