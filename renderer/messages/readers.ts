import type { ChannelSummary, Members } from '../../src/api/contract/index.ts'
import { t } from '../strings/index.ts'

/**
 * Who gets what is written in a private conversation from now on. Whoever left the swarm gets nothing, and is not
 * named; whoever was removed from the channel keeps what was there, so nothing is said of that.
 */
export function readersText({ may, people }: Pick<ChannelSummary, 'may' | 'people'>, members: Members | null): string {
  if (!may.write) return t.messages.nothingNew
  const standings = new Map(members?.people.map(({ personId, standing }) => [personId, standing]))
  const self = members?.people.find((person) => person.self)?.personId
  const others = people.filter(({ personId }) => personId !== self)
  const isGone = ({ personId }: { readonly personId: string }): boolean => {
    const standing = standings.get(personId)
    return standing === 'left' || standing === 'removed'
  }
  const gone = others.filter(isGone).map(({ name }) => name)
  const here = others.filter((person) => !isGone(person)).map(({ name }) => name)
  if (here.length === 0 && gone.length > 0) return t.messages.onlyGone(gone)
  return t.messages.readers(here)
}
