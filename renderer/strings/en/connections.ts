import { counted } from '../plural.ts'

/** How machines reach each other, or why they do not. */
export const connections = {
  lead: (connected: number, others: number) =>
    others === 0
      ? 'No other machine belongs to this swarm yet.'
      : connected === others
        ? `Connected to ${others === 1 ? 'the other machine' : `all ${others} other machines`}.`
        : `Connected to ${connected} of ${counted(others, 'other machine', 'other machines')}.`,
  again: 'Look again',
  copy: 'Copy as text',
  back: 'All machines',
  settings: 'Change how this machine is reached',
  asking: 'Asking the machines…',
  self: (name: string) => `${name}, this machine`,
  reachability: {
    public: 'It can be reached from the internet.',
    private:
      'It can’t be reached from the internet by itself: it stands behind a router. Others meet it through machines that can.',
    unknown: 'Whether it can be reached from the internet is not known yet: another machine has to try.',
  },
  upnp: {
    mapped: 'The router has opened a way in by itself (UPnP).',
    none: 'The router was asked for a way in (UPnP) and gave none.',
    off: 'The router is not asked for a way in (UPnP).',
    searching: 'The router has not answered yet whether it opens a way in (UPnP).',
  },
  mdns: {
    on: 'It looks for machines on the local network.',
    off: 'It does not look for machines on the local network.',
  },
  relays: (names: string, count: number) =>
    count === 0 ? 'No other machine relays for it.' : `It can also be reached through ${names}.`,
  relaysFor: (count: number | null) =>
    count === null
      ? 'It does not relay for others.'
      : count === 0
        ? 'It is ready to relay for others; nobody needs it now.'
        : `It relays for ${counted(count, 'machine', 'machines')}.`,
  how: 'How',
  routes: {
    local: 'On this very machine',
    lan: 'Over the local network',
    internet: 'Directly over the internet',
    punched: 'Directly, through both routers',
    relayed: 'Through another machine',
  },
  relayedBy: (name: string) => `Through ${name}`,
  roundTrip: 'Answers in',
  ms: (milliseconds: number) => (milliseconds < 1 ? 'under 1 ms' : `${Math.round(milliseconds)} ms`),
  notMeasured: 'not measured yet',
  since: 'Since',
  lastSeen: 'Last seen',
  never: 'never since this machine joined',
  nextTry: 'Next try',
  inTime: (seconds: number) =>
    seconds <= 0 ? 'now' : seconds < 60 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} min`,
  noTry: 'when it shows up by itself',
  theirView: 'As it sees this machine',
  theirNot: 'Not connected',
  theirUnknown: 'Could not be asked',
  details: 'Technical details',
  tried: 'Tried last',
  addresses: 'Addresses',
  seenAt: 'It sees this machine at',
  address: 'Address',
  throughRelay: (address: string) => `through ${address}`,
  connected: 'Connected',
  not: 'Not connected',
} as const
