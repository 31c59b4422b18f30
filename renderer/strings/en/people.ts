import { counted, listed } from '../plural.ts'

const machines = (count: number): string => counted(count, 'machine', 'machines')

export const people = {
  lead: (count: number, devices: number, helpers: number) =>
    `${counted(count, 'person', 'people')} with ${machines(devices)}${helpers === 0 ? '' : `, and ${counted(helpers, 'helper', 'helpers')}`}.`,
  invite: 'Invite somebody',
  you: 'you',
  machines: 'Machines',
  noMachines: 'No machine left.',
  menu: (name: string) => `${name}: what can be done`,
  rename: 'Change my name…',
  renameTitle: 'Your name',
  renameLabel: 'Name',
  renameHint: 'Everybody in the swarm sees it.',
  roleLabel: 'Role',
  role: (role: string) => `Make ${role}`,
  roleChanged: (name: string, role: string) => `${name} is ${role} now.`,
  toOwnerTitle: (name: string) => `Make ${name} an owner?`,
  toOwner: (name: string) =>
    `${name} can then do everything that you can: change every role, remove anybody, you too, and make further owners.`,
  stepDownTitle: 'Give up your role?',
  stepDown: (role: string) => `You become ${role}. Only somebody above that can give you your role back.`,
  remove: (name: string) => `Remove ${name}…`,
  removeTitle: (name: string) => `Remove ${name}?`,
  removePerson: (name: string, devices: readonly string[]) =>
    `What ${name} has already stays readable on ${devices.length === 0 ? 'their machines' : listed(devices)}. From now on nothing new goes there, and nothing new that is written there counts. What ${name} wrote until now stays. To come back, ${name} needs a new invite.`,
  removeDevice: (device: string) =>
    `What ${device} has already stays readable on it. From now on nothing new goes there, and nothing new that is written there counts. What was written on it until now stays. To come back, it needs a new invite.`,
  removeRecovery:
    'The words on paper then open nothing any more. Make new ones if you want to be able to come back without any machine.',
  removeButton: 'Remove',
  removed: (name: string) => `${name} was removed.`,
  here: 'here now',
  thisMachine: 'this machine',
  seen: (ago: string) => `last seen ${ago}`,
  neverSeen: 'not seen since this machine joined',
  recovery: 'recovery phrase on paper',
  admittedBy: (name: string) => `Let in by ${name}.`,
  founder: 'Started the swarm.',
  suspendedTitle: 'Waiting for a yes',
  suspended: (name: string, by: string | null) =>
    `${name} came in${by === null ? '' : ` through ${by}`} on an invite that was used or taken back elsewhere at the same time. Until somebody says yes, ${name} gets nothing new and can do nothing; what ${name} wrote stays.`,
  confirm: (name: string) => `Let ${name} in`,
  confirmWho: 'An owner or an admin can say yes.',
  confirmed: (name: string) => `${name} is in for good.`,
  helpers: 'Helpers',
  helpersText: 'Machines without a person. They keep copies, pass on what others say, and compute.',
  gone: 'No longer here',
  goneState: { left: 'left', removed: 'was removed' },
  standings: { active: '', suspended: 'suspended', left: 'left', removed: 'removed' },
  invites: 'Invites',
  leave: 'Leave the swarm',
  leaveText: (swarm: string) =>
    `${swarm} goes on without this machine. What is here stays readable until you delete it.`,
  leaveButton: 'Leave…',
  leaveTitle: (swarm: string) => `Leave ${swarm}?`,
  leaveWhat: (machine: string, swarm: string) =>
    `${machine} then gets nothing new from ${swarm} and can write nothing there. What is here stays readable until you delete it. To come back, it needs a new invite.`,
  leaveOthers: (names: readonly string[]) =>
    `Your other ${names.length === 1 ? 'machine stays' : 'machines stay'} in: ${listed(names)}.`,
  leaveLast: 'It is your only machine here: you are then out as a person too.',
  leaveOnlyHere: (count: number) =>
    `${counted(count, 'change is', 'changes are')} only on this machine: nobody else has ${count === 1 ? 'it' : 'them'}. Wait until another machine is reachable, or ${count === 1 ? 'it is' : 'they are'} lost to the others.`,
  leaveUntold: 'No other machine is reachable, so nobody learns of it until you meet again.',
  leaveYes: 'Leave',
  left: (told: number) =>
    told === 0 ? 'No other machine knows of it yet.' : `${machines(told)} ${told === 1 ? 'knows' : 'know'} of it.`,
  leftTitle: 'This machine has left',
} as const
