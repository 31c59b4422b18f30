/** Who belongs to the swarm of this machine, and what people say about it. */
export { NotAllowedError, NotFoundError } from './errors.ts'
export { findDevice, findPerson } from './find.ts'
export { Membership } from './membership.ts'
export { machinesOf, nameOf } from './present-members.ts'
export { RosterProjection } from './roster-projection.ts'
export type { TimedEntry } from './roster-state.ts'
export { RosterState } from './roster-state.ts'
export type { DoorRefusal } from './swarm-door.ts'
