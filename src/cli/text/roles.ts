import type { Role, Standing } from '../../api/contract/index.ts'

/** Highest first. */
export const PERSON_ROLES = ['owner', 'admin', 'member', 'observer'] as const satisfies readonly Role[]
export const INVITE_ROLES = [...PERSON_ROLES, 'helper'] as const satisfies readonly Role[]

const STANDINGS: Readonly<Record<Standing, string>> = {
  active: '',
  suspended: 'waits to be confirmed',
  left: 'left',
  removed: 'removed',
}

/** Whether it belongs to the swarm, be it for the time being. */
export function isMember({ standing }: { readonly standing: Standing }): boolean {
  return standing === 'active' || standing === 'suspended'
}

/** "admin"; "member, waits to be confirmed"; of those who are gone only that. */
export function placeText({ role, standing }: { readonly role: Role; readonly standing: Standing }): string {
  if (!isMember({ standing })) return STANDINGS[standing]
  return standing === 'active' ? role : `${role}, ${STANDINGS[standing]}`
}
