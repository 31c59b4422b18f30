import { counted } from '../plural.ts'

const machines = (count: number): string => counted(count, 'machine', 'machines')

/** Links into a swarm, for others and for further machines of one's own. */
export const invite = {
  title: 'Invite a machine',
  forWhom: 'Whose machine is it?',
  others: 'Somebody else’s',
  own: 'One of mine',
  explain: (swarm: string) =>
    `Whoever opens this link with Murmuration joins ${swarm}. Send it only to people you trust.`,
  role: 'They join as',
  uses: 'Machines that it lets in',
  lifetime: 'It holds for',
  lifetimes: { hour: 'an hour', day: 'a day', week: 'a week', month: 'a month' },
  make: 'Make the link',
  making: 'Making a link…',
  another: 'Make another',
  link: 'Invite link',
  copy: 'Copy link',
  qr: 'Code for a camera',
  lets: (uses: number, role: string, until: string) => `Lets ${machines(uses)} in as ${role}, until ${until}.`,
  how: 'On the other machine: open Murmuration, choose “Join with an invite”, and paste the link or drop a picture of this code. Any member’s machine lets it in, also while this one is off.',
  mayNot: (role: string, who: string) =>
    who === '' ? `As ${role} you can’t invite anybody.` : `As ${role} you can’t invite anybody. Ask ${who}.`,
  ownExplain:
    'The other machine becomes yours too: it has your name and your role, and whatever you may do you may do there.',
  ownMake: 'Make a link for my machine',
  ownUntil: (until: string) => `It lets one machine in, until ${until}. This machine has to be on until then.`,
  ownHow:
    'On the other machine: open Murmuration, choose “Join with an invite”, and paste the link or drop a picture of this code. Show it to nobody else: who has it is you.',
  list: 'Links given out',
  listEmpty: 'No link is open: nobody can come in with one.',
  row: (role: string) => `As ${role}`,
  used: (used: number, uses: number) =>
    uses === 1 ? (used === 0 ? 'not used yet' : 'used') : `let in ${used} of ${machines(uses)}`,
  by: (name: string) => `made by ${name}`,
  until: (when: string) => `until ${when}`,
  states: { open: 'Open', used: 'Used up', expired: 'Expired', revoked: 'Revoked' },
  show: 'Show',
  hide: 'Hide',
  elsewhere: 'Only the machine that made it can show this link.',
  revoke: 'Revoke',
  revokeAsk: 'Nobody comes in with this link any more; who came in with it stays.',
  revokeYes: 'Revoke it',
  revokeNo: 'Keep it',
  closed: (count: number) => `${counted(count, 'link that is', 'links that are')} closed`,
  alreadyTitle: 'This machine is in a swarm already',
  already: (swarm: string) =>
    `It belongs to ${swarm}, and a machine belongs to one swarm. To join another, use another machine or another data folder.`,
  alreadyEnded: (swarm: string) =>
    `What is left of ${swarm} is still on this machine. Delete it first; then open the link again.`,
} as const
