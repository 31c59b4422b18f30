import type { Membership } from '../../api/contract/index.ts'
import { printableLine } from './printable.ts'
import { isMember } from './roles.ts'
import { ago } from './words.ts'

/** What is to be known of this machine once it is no member any more; nothing while it is one. */
export function endedSentences({ endedAt, endedBy, standing }: Membership, now: number): string[] {
  if (isMember({ standing })) return []
  const by = endedBy === null ? '' : ` by ${printableLine(endedBy)}`
  const when = endedAt === null ? '' : ` ${ago(endedAt, now)}`
  return [
    standing === 'left'
      ? `This machine has left the swarm${when}.`
      : `This machine was removed from the swarm${by}${when}.`,
    'Nothing newer comes here. What is here stays readable.',
  ]
}

/** What this machine is among the others, where that is not plain. */
export function placeSentences({ mayWrite, role, standing }: Membership): string[] {
  if (standing === 'suspended') {
    return [
      'This machine was let in at the same time as another on one invite. It gets nothing new until a member confirms it.',
    ]
  }
  if (role === 'helper') return ['This machine is a helper: it stores and passes on for the others.']
  if (role === 'observer') return ['You are an observer: you read everything, and write nothing.']
  return mayWrite ? [] : ['Nothing can be written here at the moment.']
}
