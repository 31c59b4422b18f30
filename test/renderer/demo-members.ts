import type {
  DoctorReport,
  Invite,
  Machine,
  Membership,
  Members,
  Person,
  PeerStatus,
  Role,
} from '../../src/api/contract/index.ts'
import { demoId } from './demo-id.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Long as a real link with four addresses is. */
export const DEMO_INVITE =
  'murmuration://join/omZpbnZpdGWGWCDPDWhzzFpmV4IsPuW2cxmYQo3VtWDQJl4nQFUuWlTVRQ8jZ7sVdWmJX2hPq0mbQhNYIHn0bRmWj0u8yB3oWqQ9PZtq2dCkA6n3pVx1sYcJbR2TAwEbAAABlUl-OABYQJv0WnW8m2y3pE6Zq0xAt7u5V9cHhS3kXoRlPdN1fGjKbTzMeQwLiCgYUvB4rJaDsZxOqEnFtHkWpXyRmGc2u1TUdpzaW8gTGlzYm9uhFgIwKgBFRKbGzMRkfdndmVyc2lvbgLq1f8J'

/** What alice may do, as an owner of a swarm of five. */
export function demoMembership(change: Partial<Membership> = {}): Membership {
  return {
    personId: demoId(1),
    personName: 'Alice',
    role: 'owner',
    standing: 'active',
    endedBy: null,
    endedAt: null,
    mayWrite: true,
    mayInvite: ['owner', 'admin', 'member', 'observer', 'helper'],
    ...change,
  }
}

/** Whose each of the demo's machines is; those that are not named are helpers. */
const OWNERS: Readonly<Record<number, { readonly person: number; readonly name: string; readonly role: Role }>> = {
  1: { person: 1, name: 'Alice', role: 'owner' },
  2: { person: 2, name: 'Bob', role: 'admin' },
  4: { person: 4, name: 'Carol', role: 'member' },
  5: { person: 1, name: 'Alice', role: 'owner' },
}

export function demoOwner(number: number): Pick<Machine, 'personId' | 'personName' | 'role'> {
  const owner = OWNERS[number]
  if (owner === undefined) return { personId: null, personName: null, role: 'helper' }
  return { personId: demoId(owner.person), personName: owner.name, role: owner.role }
}

/** Those whose machines these are, and Alice's recovery phrase. */
export function demoMembers(machines: readonly Machine[], own: Membership): Members {
  const manages = own.mayInvite.length > 0 && own.role !== 'member'
  const people = new Map<string, Person>()
  for (const machine of machines) {
    if (machine.personId === null) continue
    const known = people.get(machine.personId)
    const self = machine.personId === own.personId
    people.set(machine.personId, {
      personId: machine.personId,
      name: machine.personName ?? '',
      self,
      role: self ? own.role : machine.role,
      standing: self ? own.standing : 'active',
      devices: [...(known?.devices ?? []), machine.deviceId],
      admittedBy: people.size === 0 || machine.personId === demoId(1) ? null : 'Alice',
      may: {
        roles:
          manages && !self ? ['owner', 'admin', 'member', 'observer'] : self ? ['admin', 'member', 'observer'] : [],
        remove: manages && !self,
        confirm: false,
      },
    })
  }
  const devices = machines.map((machine) => ({
    deviceId: machine.deviceId,
    name: machine.name,
    self: machine.self,
    personId: machine.personId,
    role: machine.role,
    standing: machine.self ? own.standing : ('active' as const),
    online: machine.online,
    lastSeen: machine.lastSeen,
    recovery: false,
    may: { remove: manages && !machine.self, confirm: false },
  }))
  return { people: [...people.values()].sort((a, b) => Number(b.self) - Number(a.self)), devices }
}

/** Dave came in twice on one invite; Erin was removed. */
export function withTroubles({ people, devices }: Members): Members {
  const other = { self: false, role: 'member', online: false, recovery: false } as const
  const none = { roles: [], remove: false, confirm: false } as const
  const dave = { personId: demoId(40), name: 'Dave', devices: [demoId(40)] }
  const erin = { personId: demoId(41), name: 'Erin', devices: [demoId(41)] }
  return {
    people: [
      ...people,
      { ...other, ...dave, standing: 'suspended', admittedBy: 'Carol', may: { ...none, remove: true, confirm: true } },
      { ...other, ...erin, standing: 'removed', admittedBy: 'Bob', may: none },
    ],
    devices: [
      ...devices,
      {
        ...other,
        deviceId: demoId(40),
        name: 'dave’s phone',
        personId: demoId(40),
        standing: 'suspended',
        lastSeen: Date.now() - 20 * MINUTE,
        may: { remove: true, confirm: true },
      },
      {
        ...other,
        deviceId: demoId(41),
        name: 'erin’s laptop',
        personId: demoId(41),
        standing: 'removed',
        lastSeen: Date.now() - 9 * DAY,
        may: { remove: false, confirm: false },
      },
    ],
  }
}

export function demoInvites(): Invite[] {
  const one = (id: string, change: Partial<Invite>): Invite => ({
    id: id.repeat(32),
    role: 'member',
    uses: 1,
    used: 0,
    expires: Date.now() + 3 * DAY,
    state: 'open',
    createdBy: 'Alice',
    link: DEMO_INVITE,
    mayRevoke: true,
    ...change,
  })
  return [
    one('a1', {}),
    one('b2', { role: 'observer', uses: 20, used: 7, createdBy: 'Bob', link: null }),
    one('c3', { state: 'used', used: 1, expires: Date.now() - DAY }),
    one('d4', { state: 'revoked', role: 'admin', expires: Date.now() - 4 * DAY }),
  ]
}

export function demoDoctor(status: PeerStatus): DoctorReport {
  const others = status.machines.filter((machine) => !machine.self)
  const nas = others.find((machine) => machine.name === 'nas')
  return {
    self: {
      deviceId: status.deviceId,
      name: status.name,
      addresses: status.addresses,
      reachability: 'private',
      upnp: 'none',
      mdns: true,
      relays: nas === undefined ? [] : [{ deviceId: nas.deviceId, name: nas.name }],
      relaysFor: null,
    },
    members: others.map((machine) => ({
      deviceId: machine.deviceId,
      name: machine.name,
      connection: machine.connection,
      lastSeen: machine.lastSeen,
      tried:
        machine.connection !== null
          ? []
          : [
              { address: '/ip4/192.168.1.25/tcp/4001', reason: 'no answer within 5 s', at: Date.now() - 9000 },
              { address: '/ip4/203.0.113.9/tcp/4001', reason: 'refused', at: Date.now() - 8000 },
            ],
      nextTry: machine.connection === null ? Date.now() + 42_000 : null,
      verdict:
        machine.connection === null
          ? `${machine.name} does not answer at any of its 2 addresses. It is probably off; it is tried again by itself.`
          : `Connected to ${machine.name}; nothing to do.`,
      theirView:
        machine.connection === null
          ? null
          : {
              connection: { ...machine.connection, address: '/ip4/192.168.1.21/tcp/52114' },
              addresses: ['/ip4/192.168.1.21/tcp/4001'],
            },
    })),
  }
}

const WORDS =
  'orbit lemon canvas drift pepper anchor violin meadow signal copper winter hazel rocket pearl basket dolphin ember maple cradle summit velvet island quartz falcon'

export const DEMO_PHRASE = {
  phrase: WORDS,
  sheet: `RECOVERY PHRASE: Alice in Studio Lisbon\n\n${WORDS.split(' ')
    .map((word, index) => `${String(index + 1).padStart(2)}  ${word}`)
    .join(
      '\n',
    )}\n\nIf you lose every machine of yours: install Murmuration on a new one, choose\n“I lost all my machines”, and type these words and this link:\n\n${DEMO_INVITE}\n`,
}
