import type { Members } from '../../src/api/contract/index.ts'

/** The name behind an id of a person or a machine, also of one that is gone; a name that is no id stays as it is. */
export function memberName(members: Members | null, id: string): string {
  const person = members?.people.find((one) => one.personId === id)
  return person?.name ?? members?.devices.find((one) => one.deviceId === id)?.name ?? id
}

/** Those who may change roles and say yes to the suspended, oneself left out. */
export function managers(members: Members | null): readonly string[] {
  const people = (members?.people ?? []).filter((person) => person.standing === 'active' && !person.self)
  const owners = people.filter((person) => person.role === 'owner')
  const admins = people.filter((person) => person.role === 'admin')
  return [...owners, ...admins].map((person) => person.name)
}
