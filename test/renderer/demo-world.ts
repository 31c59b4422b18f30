import type {
  ChannelSummary,
  DocumentSummary,
  Machine,
  Membership,
  Message,
  PeerStatus,
} from '../../src/api/contract/index.ts'
import type { DemoWorld } from './demo-client.ts'
import { OPEN_CHANNEL, privateChannels, privateMessages } from './demo-channel.ts'
import { demoId } from './demo-id.ts'
import { demoInvites, demoMembers, demoMembership, demoOwner, withTroubles } from './demo-members.ts'

export { demoId } from './demo-id.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const GB = 1e9
const TB = 1e12

interface MachineOptions extends Partial<Omit<Machine, 'capacity'>> {
  readonly cores?: number
  readonly load?: number
  readonly memory?: number
  readonly disk?: number
  readonly free?: number
  readonly platform?: string
}

export function demoMachine(number: number, name: string, options: MachineOptions = {}): Machine {
  const { cores = 8, load = 0.1, memory = 16 * GB, disk = TB, free = 0.6, platform = 'linux x64', ...rest } = options
  const online = rest.online ?? rest.self ?? true
  return {
    deviceId: demoId(number),
    name,
    self: false,
    ...demoOwner(number),
    online,
    connection:
      online && rest.self !== true
        ? {
            route: 'lan',
            address: `/ip4/192.168.1.${20 + number}/tcp/4001`,
            relayedBy: null,
            since: Date.now() - HOUR,
            roundTrip: 0.8,
          }
        : null,
    behind: rest.self === true ? null : 0,
    behindAsOf: rest.self === true ? null : Date.now() - 12_000,
    lastSeen: Date.now() - 5_000,
    links: null,
    capacity: {
      cores,
      load,
      memoryBytes: memory,
      memoryFreeBytes: memory * 0.45,
      diskBytes: disk,
      diskFreeBytes: disk * free,
      platform,
    },
    ...rest,
  }
}

export function demoStatus(change: Partial<PeerStatus> = {}): PeerStatus {
  return {
    deviceId: demoId(1),
    name: 'alice-desk',
    version: '0.1.0',
    dataDirectory: '/home/alice/.local/share/murmuration',
    swarm: { swarmId: 'demo-swarm', name: 'Studio Lisbon', ...demoMembership() },
    addresses: [`/ip4/192.168.1.21/tcp/4001/p2p/${demoId(1)}`, `/ip6/fd00::21/tcp/4001/p2p/${demoId(1)}`],
    machines: [],
    synced: true,
    alone: false,
    notAsked: [],
    missing: 0,
    journal: { entries: 18_422, bytes: 9_840_000 },
    onlyHere: 0,
    messagesPerMinute: 34,
    notices: [],
    ...change,
  }
}

const self = (): Machine =>
  demoMachine(1, 'alice-desk', { self: true, cores: 12, load: 0.34, memory: 32 * GB, disk: 2 * TB })

/** Five machines of three people: one of them far, one relayed, one away. */
export function busyMachines(): Machine[] {
  const all = [
    self(),
    demoMachine(2, 'bob’s laptop', { load: 0.12, platform: 'darwin arm64' }),
    demoMachine(3, 'nas', { cores: 4, load: 0.05, memory: 8 * GB, disk: 12 * TB, free: 0.4 }),
    demoMachine(4, 'carol’s desktop', {
      cores: 16,
      load: 0.71,
      memory: 64 * GB,
      connection: {
        route: 'relayed',
        address: '/ip4/198.51.100.7/tcp/4001/p2p-circuit',
        relayedBy: demoId(3),
        since: Date.now() - HOUR,
        roundTrip: 38,
      },
      behind: 3,
    }),
    demoMachine(5, 'studio-mini', {
      online: false,
      connection: null,
      behind: 12,
      behindAsOf: Date.now() - 2 * HOUR,
      lastSeen: Date.now() - 2 * HOUR,
    }),
  ]
  const online = all.filter((machine) => machine.online).map((machine) => machine.deviceId)
  return all.map((machine) => ({
    ...machine,
    links: machine.online ? online.filter((id) => id !== machine.deviceId) : null,
  }))
}

const CHANNELS = ['general', 'garden-project', 'printing', 'random']

export function demoMessage(change: Partial<Message> & Pick<Message, 'id' | 'text'>): Message {
  return {
    channel: 'channel-general',
    deviceId: demoId(2),
    author: 'Bob',
    at: Date.now(),
    clockOff: false,
    editedAt: null,
    replyTo: null,
    reactions: [],
    own: false,
    copies: 5,
    machines: 5,
    notOn: [],
    waitingOn: [],
    ...change,
  }
}

function conversation(): Message[] {
  const alice = { deviceId: demoId(1), author: 'Alice', own: true }
  const carol = { deviceId: demoId(4), author: 'Carol' }
  const now = Date.now()
  const day = now - 26 * HOUR
  const said: (Partial<Message> & Pick<Message, 'text' | 'at'>)[] = [
    { text: 'The new printer is in the **second room**, next to the window.', at: day },
    { text: 'Driver is on the nas: `\\\\nas\\drivers\\prn-480`', at: day + MINUTE },
    {
      ...alice,
      text: 'Thank you! Works from here.',
      at: day + 5 * MINUTE,
      reactions: [{ emoji: '🎉', by: ['Bob', 'Carol'], mine: false }],
    },
    {
      ...carol,
      text: 'Not from mine yet. It says\n\n```\nPRN-480: no route to host (192.168.1.77)\n```\n\nDid anyone see that before?',
      at: day + 22 * MINUTE,
    },
    {
      text: 'That one is the old address. Take [the list](https://example.org/addresses) from the wiki.',
      at: day + 25 * MINUTE,
      replyTo: 'm3',
    },
    { ...carol, text: 'Prints. 🙏', at: day + 31 * MINUTE, reactions: [{ emoji: '👍', by: ['Alice'], mine: true }] },
    {
      ...alice,
      text: 'For Thursday I would like us to decide on three things:\n\n1. the **poster** (two drafts are in the documents)\n2. who opens on Saturday\n3. ~~the coffee machine~~ done\n\n> whoever comes first makes coffee',
      at: now - 95 * MINUTE,
      editedAt: now - 90 * MINUTE,
    },
    { text: 'I can open on Saturday.', at: now - 80 * MINUTE },
    {
      text: 'And I have printed both drafts, they hang in the hall.',
      at: now - 79 * MINUTE,
      reactions: [
        { emoji: '👀', by: ['Alice', 'Carol'], mine: true },
        { emoji: '🔥', by: ['Carol'], mine: false },
      ],
    },
    {
      ...carol,
      text: 'My clock was set wrong after the update, sorry for the odd times.',
      at: now - 40 * MINUTE,
      clockOff: true,
    },
    { ...alice, text: 'No harm done: the order is right.', at: now - 35 * MINUTE, copies: 4, notOn: ['studio-mini'] },
    { text: 'Draft B has my vote.', at: now - 6 * MINUTE, copies: 4, notOn: ['studio-mini'] },
    {
      ...carol,
      text: 'Mine too. Larger type for the date, please.',
      at: now - 2 * MINUTE,
      copies: 4,
      notOn: ['studio-mini'],
    },
  ]
  return said.map((message, index) => demoMessage({ id: `m${index}`, ...message }))
}

function channels(unread: number): ChannelSummary[] {
  return CHANNELS.map((name, index) => ({
    id: `channel-${name}`,
    name,
    ...OPEN_CHANNEL,
    createdAt: Date.now() - 40 * 24 * HOUR,
    createdBy: demoId(1 + index),
    unread: index === 0 ? unread : index === 2 ? 1 : 0,
    lastAt: Date.now() - (2 + index * 77) * MINUTE,
  }))
}

function documents(): DocumentSummary[] {
  const at = (hours: number): number => Date.now() - hours * HOUR
  const one = (
    id: string,
    title: string,
    kind: 'rich' | 'text',
    by: number,
    hours: number,
    present: number[] = [],
  ): DocumentSummary => ({
    id,
    title,
    kind,
    createdAt: at(hours + 300),
    createdBy: demoId(by),
    changedAt: at(hours),
    changedBy: demoId(by),
    present: present.map(demoId),
  })
  return [
    one('doc-plan', 'Opening of the exhibition', 'rich', 2, 0.05, [2, 4]),
    one('doc-hosts', 'hosts.md', 'text', 1, 3),
    one('doc-poster', 'Poster: two drafts', 'rich', 4, 20),
    one('doc-budget', 'Budget 2027, first round of numbers and open questions for everybody', 'rich', 1, 28),
    one('doc-backup', 'backup.py', 'text', 3, 190),
  ]
}

export type SceneName =
  | 'fresh'
  | 'alone'
  | 'busy'
  | 'healthy'
  | 'many'
  | 'trouble'
  | 'observer'
  | 'suspended'
  | 'removed'
  | 'left'

export function demoWorld(scene: SceneName): DemoWorld {
  const world = sceneOf(scene)
  const { swarm, machines } = world.status
  if (swarm === null) return world
  const members = demoMembers(machines, swarm)
  return { ...world, invites: demoInvites(), members: scene === 'busy' ? withTroubles(members) : members }
}

function sceneOf(scene: SceneName): DemoWorld {
  const base = { texts: new Map(), delay: 0, failing: new Map(), members: { people: [], devices: [] }, invites: [] }
  const empty = { ...base, channels: [], messages: [], documents: [] }
  const standing = (change: Partial<Membership>): DemoWorld => ({
    ...base,
    channels: [...channels(0), ...privateChannels()],
    messages: [...conversation(), ...privateMessages()],
    documents: documents(),
    status: demoStatus({
      swarm: { swarmId: 'demo-swarm', name: 'Studio Lisbon', ...demoMembership(change) },
      machines: busyMachines(),
      onlyHere: change.standing === undefined ? 0 : 3,
    }),
  })
  switch (scene) {
    case 'fresh':
      return { ...empty, status: demoStatus({ swarm: null, machines: [], alone: true, synced: false }) }
    case 'alone':
      return {
        ...empty,
        status: demoStatus({
          machines: [{ ...self(), links: [] }],
          alone: true,
          synced: false,
          messagesPerMinute: 0,
          journal: { entries: 3, bytes: 1200 },
        }),
      }
    case 'healthy':
      return {
        ...base,
        channels: channels(0),
        messages: conversation(),
        documents: documents(),
        status: demoStatus({ machines: busyMachines().slice(0, 3) }),
      }
    case 'busy':
      return {
        ...base,
        channels: [...channels(2), ...privateChannels()],
        messages: [...conversation(), ...privateMessages()],
        documents: documents(),
        status: demoStatus({ machines: busyMachines(), notAsked: [demoId(5)] }),
      }
    case 'observer':
      return standing({ role: 'observer', mayWrite: false, mayInvite: [] })
    case 'suspended':
    case 'removed':
    case 'left': {
      const ended = { endedBy: scene === 'left' ? 'Alice' : 'Bob', endedAt: Date.now() - 2 * HOUR }
      return standing({ role: 'member', standing: scene, ...ended, mayWrite: false, mayInvite: [] })
    }
    case 'trouble':
      return {
        ...base,
        channels: channels(2),
        messages: conversation(),
        documents: documents(),
        status: demoStatus({
          machines: busyMachines().map((machine) =>
            machine.self ? machine : { ...machine, online: false, connection: null, behind: 3 },
          ),
          notAsked: [demoId(5)],
          onlyHere: 3,
          missing: 12,
          synced: false,
          notices: [
            {
              code: 'DISK_LOW',
              level: 'danger',
              text: 'The disk of this machine is nearly full: 310 MB are left in /home/alice. Free some space, or nothing new can be kept here.',
              at: Date.now() - 4 * MINUTE,
            },
            {
              code: 'CLOCK_OFF',
              level: 'warning',
              text: 'The clock of carol’s desktop is 1 h 2 min ahead. Messages from it show wrong times; their order is right.',
              at: Date.now() - 40 * MINUTE,
            },
          ],
        }),
      }
    case 'many': {
      const machines = [
        self(),
        ...Array.from({ length: 39 }, (_, index) =>
          demoMachine(index + 2, `desk-${index + 2}`, {
            cores: 4 + ((index * 7) % 28),
            load: (index % 10) / 10,
            online: index % 9 !== 8,
            memory: (8 + (index % 5) * 8) * GB,
          }),
        ),
      ]
      const linked = machines.map((machine, index) => ({
        ...machine,
        links: machines
          .filter((_, other) => other !== index && (other * 7 + index * 3) % 11 < 2)
          .map((one) => one.deviceId),
      }))
      return {
        ...base,
        channels: channels(120),
        messages: conversation(),
        documents: documents(),
        status: demoStatus({
          machines: linked.map((machine) => (machine.connection === null ? { ...machine, connection: null } : machine)),
        }),
      }
    }
  }
}
