/** Who belongs to a swarm, made of its people's signed acts by one pure function. Rules in SPEC.md. */
export type { Act, ActKind, PersonId } from './acts.ts'
export { ACT_KINDS, decodeAct, encodeAct } from './acts.ts'
export { MAX_SEQUENCE } from './constants.ts'
export type { Cut, Place } from './cuts.ts'
export { isWithinCuts, readCuts, writeCuts } from './cuts.ts'
export { readDevice } from './read-device.ts'
export type { DeviceLink } from './device-link.ts'
export { decodeLink, encodeDeviceLink } from './device-link.ts'
export type { EntryRefusal, EntryRequest, LinkRequest } from './entry-request.ts'
export { ENTRY_REFUSALS, isLinkRequest, readEntryRequest, requestLink, writeEntryRequest } from './entry-request.ts'
export type { Grant, JoinRequest, SignedGrant } from './grants.ts'
export {
  consentToLink,
  foundedSpace,
  inviteKey,
  isGrant,
  isJoinRequest,
  requestJoin,
  SEED_BYTES,
  signGrant,
} from './grants.ts'
export type { RosterEntry } from './history.ts'
export type { InviteLink } from './invite-link.ts'
export { decodeInviteLink, encodeInviteLink } from './invite-link.ts'
export type { RosterInvite } from './invites.ts'
export type { Refusal } from './refusal.ts'
export { refusalOf } from './refusal.ts'
export type { Rights, Role } from './roles.ts'
export { isWithin, levelOf, RIGHTS, ROLES } from './roles.ts'
export type { Roster, RosterDevice, RosterPerson } from './roster.ts'
export { resolveRoster } from './roster.ts'
export type { Verdict } from './verdict.ts'
export type { DeviceState } from './view.ts'
