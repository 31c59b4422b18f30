import { counted } from '../plural.ts'

/** What this machine is in its swarm when it is not simply a member, and what it can still do. */
export const standing = {
  removed: (machine: string, swarm: string, who: string | null, ago: string | null) =>
    `${who ?? 'Somebody'} removed ${machine} from ${swarm}${ago === null ? '' : ` ${ago}`}.`,
  left: (machine: string, swarm: string, ago: string | null) =>
    `${machine} left ${swarm}${ago === null ? '' : ` ${ago}`}.`,
  stillHere: 'What is here can still be read and exported. Nothing new comes, and nothing can be written.',
  suspended: (machine: string, who: string | null) =>
    `${machine} is suspended${who === null ? '' : ` by what ${who} did`}: its invite was used or taken back elsewhere at the same time.`,
  suspendedStill: 'What is here can be read and exported. It gets nothing new until an owner or admin says yes.',
  observer: 'You are an observer here: you read everything and write nothing.',
  observerAsk: (who: string) => (who === '' ? '' : `${who} can give you another role.`),
  waiting: (machine: string) =>
    `The proof that ${machine} belongs here has not arrived yet. It comes with the first machine that is reachable.`,
  forget: 'Delete it and join another swarm…',
  forgetTitle: (swarm: string) => `Delete what is here of ${swarm}?`,
  forgetText: (swarm: string) =>
    `All messages and documents of ${swarm} are deleted from this machine. Others keep theirs. There is no way back but an export that you make before.`,
  forgetOnlyHere: (count: number) =>
    `${counted(count, 'change', 'changes')} made here never reached another machine, and ${count === 1 ? 'is' : 'are'} then gone for good.`,
  forgetYes: 'Delete it',
  mayNot: {
    observer: 'Observers read and don’t write.',
    suspended: 'This machine is suspended: it can’t write until somebody says yes.',
    removed: 'This machine was removed: nothing can be written here any more.',
    left: 'This machine has left: nothing can be written here any more.',
    waiting: 'This machine can’t write before the proof that it belongs here has arrived.',
  },
  readOnly: 'Read only',
  line: {
    removed: 'Removed from the swarm: nothing new comes',
    left: 'Left the swarm: nothing new comes',
    suspended: 'Suspended: nothing new comes until somebody says yes',
  },
  health: {
    removed: 'This machine was removed, so what others have made since is not here.',
    left: 'This machine has left, so what others have made since is not here.',
    suspended: 'This machine is suspended, so what others have made since is not here.',
  },
  shutdown: 'Yes. Nobody in the swarm counts on this machine any more.',
} as const
