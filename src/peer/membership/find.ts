import type { Roster, RosterDevice, RosterPerson } from '../../identity/roster/index.ts'
import { nearestName } from '../../messaging/index.ts'
import { NotFoundError } from './errors.ts'

/** The person of that id or name. @throws NotFoundError */
export function findPerson(roster: Roster, text: string): RosterPerson {
  return theOnly([...roster.people.values()], text, 'person', (person) => person.person)
}

/** The machine of that id or name. @throws NotFoundError */
export function findDevice(roster: Roster, text: string): RosterDevice {
  return theOnly([...roster.devices.values()], text, 'machine', (device) => device.device)
}

/** Those who are here go before those who are gone. */
function theOnly<T extends { readonly name: string; readonly state: string }>(
  items: readonly T[],
  text: string,
  noun: string,
  idOf: (item: T) => string,
): T {
  const byId = items.find((item) => idOf(item) === text)
  if (byId !== undefined) return byId
  const named = items.filter((item) => item.name === text)
  const here = named.filter((item) => item.state === 'active' || item.state === 'suspended')
  const [found, second] = here.length > 0 ? here : named
  if (found === undefined) {
    const nearest = nearestName(
      text,
      items.map(({ name }) => name),
    )
    const hint = nearest === undefined ? '' : `: did you mean ${JSON.stringify(nearest)}?`
    throw new NotFoundError(`no ${noun} here is called ${JSON.stringify(text)}${hint}`)
  }
  if (second !== undefined) {
    throw new NotFoundError(
      `more than one ${noun} is called ${JSON.stringify(text)}: name it by its id, ${named.map(idOf).join(' or ')}`,
    )
  }
  return found
}
