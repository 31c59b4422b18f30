/** From the least to the most. `helper` is a machine without a person: it stores, relays and computes. */
export const ROLES = ['observer', 'helper', 'member', 'admin', 'owner'] as const
export type Role = (typeof ROLES)[number]

/** What a role may do. Where a role is named, that role and those below it are meant; `undefined`: none. */
export interface Rights {
  readonly read: boolean
  /** Have entries in `data` journals count. */
  readonly write: boolean
  /** Let in the bearer of an invite, whoever made it. */
  readonly admit: boolean
  /** Make invites up to this role. */
  readonly invite: Role | undefined
  /** Revoke invites: those of one's own person, or anybody's. */
  readonly revoke: 'own' | 'any'
  /** Link further devices to one's own person. */
  readonly link: boolean
  /** Remove people and their devices, and change their role (never to one above one's own), where theirs is at most this. */
  readonly manage: Role | undefined
  /** Confirm suspended devices of people whose role is at most one's own. */
  readonly confirm: boolean
  readonly renameSwarm: boolean
}

const NONE = {
  read: true,
  write: false,
  admit: false,
  invite: undefined,
  revoke: 'own',
  link: true,
  manage: undefined,
  confirm: false,
  renameSwarm: false,
} as const

/** The one table of who may do what; SPEC.md shows the same, held equal by a test. */
export const RIGHTS: Readonly<Record<Role, Rights>> = {
  observer: NONE,
  helper: { ...NONE, write: true, admit: true, link: false },
  member: { ...NONE, write: true, admit: true, invite: 'member' },
  admin: {
    ...NONE,
    write: true,
    admit: true,
    invite: 'admin',
    revoke: 'any',
    manage: 'member',
    confirm: true,
    renameSwarm: true,
  },
  owner: {
    read: true,
    write: true,
    admit: true,
    invite: 'owner',
    revoke: 'any',
    link: true,
    manage: 'owner',
    confirm: true,
    renameSwarm: true,
  },
}

export function levelOf(role: Role): number {
  return ROLES.indexOf(role)
}

/** Whether `role` is at most `bound`; nothing is where there is no bound. */
export function isWithin(role: Role, bound: Role | undefined): boolean {
  return bound !== undefined && levelOf(role) <= levelOf(bound)
}
