import type { Device, Members, Person } from '../../src/api/contract/index.ts'

/** A person's machines: this one first, then by name. */
export function devicesOf(person: Person, members: Members): readonly Device[] {
  return members.devices
    .filter((device) => person.devices.includes(device.deviceId))
    .sort((a, b) => Number(b.self) - Number(a.self) || a.name.localeCompare(b.name))
}
