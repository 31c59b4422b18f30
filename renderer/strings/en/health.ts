import { counted, listed } from '../plural.ts'

const changes = (count: number): string => counted(count, 'change', 'changes')

/** The state of the swarm in sentences: facts with names and ages. */
export const health = {
  title: 'Health',
  alone: 'This machine is the whole swarm so far: nothing is kept anywhere else.',
  stale: 'This is what was known before this window lost its connection to the peer.',
  nobodyAsked: 'No other machine could be asked since this one started, so others may hold more than is shown here.',
  missing: (count: number) =>
    `${changes(count)} made elsewhere ${count === 1 ? 'is' : 'are'} still on the way to this machine.`,
  missingOffline: (count: number) =>
    `${changes(count)} made elsewhere ${count === 1 ? 'has' : 'have'} not arrived here, and no machine that has ${count === 1 ? 'it' : 'them'} is reachable.`,
  allHere: (asked: number) =>
    asked === 1
      ? 'Everything that the other machine holds is here.'
      : `Everything that the ${asked} other machines hold is here.`,
  allHereOfAsked: (names: readonly string[]) =>
    `Everything that ${listed(names)} ${names.length === 1 ? 'holds' : 'hold'} is here.`,
  notAsked: (name: string, seen: string | null) =>
    seen === null
      ? `${name} could not be asked yet, so it may hold more.`
      : `${name} could not be asked: last seen ${seen}. It may hold more.`,
  notAskedMany: (count: number) => `${counted(count, 'machine', 'machines')} could not be asked and may hold more.`,
  onlyHere: (count: number) =>
    `${changes(count)} ${count === 1 ? 'is' : 'are'} only on this machine. They go out when another is reachable.`,
  onlyHereGoing: (count: number) =>
    `${changes(count)} ${count === 1 ? 'is' : 'are'} only on this machine and going out now.`,
  behind: (name: string, count: number, asOf: string | null) =>
    `${name} lacks ${changes(count)}${asOf === null ? '' : ` (said ${asOf})`}.`,
  behindOffline: (name: string, count: number, seen: string | null) =>
    seen === null
      ? `${name} is away and lacks ${changes(count)}.`
      : `${name} was last seen ${seen} and lacks ${changes(count)}.`,
  behindUnknown: (name: string) => `${name} has not said yet what it holds.`,
  everywhere: (machines: number, asOf: string | null) =>
    `Everything is on ${machines === 2 ? 'both machines' : `all ${machines} machines`}${asOf === null ? '' : ` (last heard ${asOf})`}.`,
  onMachines: (holders: number, machines: number) => `Everything is on ${holders} of ${machines} machines.`,
  away: (name: string, seen: string | null) => (seen === null ? `${name} is away.` : `${name} was last seen ${seen}.`),
  line: {
    here: (online: number, all: number) => `${online} of ${all} here`,
    alone: 'Only this machine so far',
    everywhere: (machines: number) => (machines === 2 ? 'everything on both' : `everything on all ${machines}`),
    onMachines: (holders: number, machines: number) => `everything on ${holders} of ${machines}`,
    onlyHere: (count: number) => `${changes(count)} only here`,
    missing: (count: number) => `${changes(count)} on the way here`,
    unknown: 'others not asked yet',
    lost: 'Not connected to the peer',
    notIn: 'Not in a swarm',
    open: 'Show what this means',
  },
  shutdown: {
    question: 'Can this machine be shut down?',
    notConnected: 'Nobody can tell right now: this window is not connected to the peer.',
    yes: (names: readonly string[], asOf: string | null) =>
      `Yes. ${listed(names)} ${names.length === 1 ? 'holds' : 'hold'} everything too${asOf === null ? '' : ` (last heard ${asOf})`}.`,
    yesSpread: 'Yes. Everything written here is on at least one other machine.',
    butAlone: 'No other machine is on, so the swarm sleeps until one is.',
    alone: 'Not without taking everything with it: no other machine holds a copy. Invite one.',
    notYet: (count: number) => `Not yet: ${changes(count)} ${count === 1 ? 'exists' : 'exist'} on this machine alone.`,
    notYetWait: 'Leave it on until another machine has been here.',
    notYetMoment: 'They are going out; this takes a moment.',
  },
} as const
