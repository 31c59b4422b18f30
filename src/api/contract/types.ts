/** The values that travel between a peer and its user interfaces. Plain data: structured clone, CBOR and JSON carry it. */

export interface SwarmReference {
  readonly swarmId: string
  readonly name: string
}

/** What somebody may do. `helper`: a machine without a person that stores, relays and computes. */
export type Role = 'owner' | 'admin' | 'member' | 'observer' | 'helper'

/** `suspended`: let in at the same time as another on one invite; gets nothing new until somebody confirms it. */
export type Standing = 'active' | 'suspended' | 'left' | 'removed'

/** What this machine is in its swarm. */
export interface Membership {
  /** The person's first device; null while this machine's own admission is not here. */
  readonly personId: string | null
  /** The person's name; the machine's for a helper. */
  readonly personName: string
  readonly role: Role
  readonly standing: Standing
  /** Who ended or suspended it, where known. */
  readonly endedBy: string | null
  /** Wall time in milliseconds. */
  readonly endedAt: number | null
  /** Whether it may write here now. */
  readonly mayWrite: boolean
  /** The roles that its invites may grant, highest first; empty: it may not invite. */
  readonly mayInvite: readonly Role[]
}

export interface Person {
  readonly personId: string
  readonly name: string
  readonly self: boolean
  readonly role: Role
  readonly standing: Standing
  /** Device ids, those that are gone included. */
  readonly devices: readonly string[]
  /** Who let the first device in; null for the founder. */
  readonly admittedBy: string | null
  /** What this machine's person may do about them. */
  readonly may: {
    /** Roles that they may be given. */
    readonly roles: readonly Role[]
    readonly remove: boolean
    readonly confirm: boolean
  }
}

/** A machine as a member, also one that is gone. */
export interface Device {
  readonly deviceId: string
  readonly name: string
  readonly self: boolean
  /** Null for a helper. */
  readonly personId: string | null
  readonly role: Role
  readonly standing: Standing
  readonly online: boolean
  /** Wall time in milliseconds; null: never since this machine joined. */
  readonly lastSeen: number | null
  /** It exists on paper only: a recovery phrase. */
  readonly recovery: boolean
  readonly may: { readonly remove: boolean; readonly confirm: boolean }
}

export interface Members {
  /** Oneself first, then by name. */
  readonly people: readonly Person[]
  /** All machines, helpers included. */
  readonly devices: readonly Device[]
}

export interface Invite {
  /** Hex of 32 bytes. */
  readonly id: string
  readonly role: Role
  /** Machines that it lets in. */
  readonly uses: number
  /** Machines that it has let in. */
  readonly used: number
  /** Wall time in milliseconds. */
  readonly expires: number
  readonly state: 'open' | 'used' | 'expired' | 'revoked'
  readonly createdBy: string
  /** `murmuration://join/…`; null where another machine made it: only that one knows the link. */
  readonly link: string | null
  readonly mayRevoke: boolean
}

/** For a further machine of one's own. */
export interface DeviceLink {
  /** `murmuration://join/…`, for `swarm.join` there. */
  readonly link: string
  /** Wall time in milliseconds; this machine has to be on until it is used. */
  readonly expires: number
}

/** A key that exists on paper only, and brings a person back who lost every machine. */
export interface RecoveryPhrase {
  /** 24 words. */
  readonly phrase: string
  /** Text to print: the phrase, what it is for, and how to find the swarm. */
  readonly sheet: string
}

/** How far a machine is on its way into a swarm. */
export interface JoinProgress {
  readonly stage: 'finding' | 'connecting' | 'admitting' | 'catching-up' | 'done'
  /** The swarm's name, as the link has it. */
  readonly swarm: string
  /** Addresses that are tried, and what came of them so far. */
  readonly tried: readonly { readonly address: string; readonly result: string | null }[]
  /** While catching up: entries that are here, and all that are known to be. */
  readonly received: number | null
  readonly total: number | null
}

/** How machines reach each other, or why they do not. */
export interface DoctorReport {
  readonly self: {
    readonly deviceId: string
    readonly name: string
    readonly addresses: readonly string[]
    /** Whether others can dial it from the internet. */
    readonly reachability: 'public' | 'private' | 'unknown'
    readonly upnp: 'mapped' | 'none' | 'off' | 'searching'
    readonly mdns: boolean
    /** Members through which it can be reached. */
    readonly relays: readonly { readonly deviceId: string; readonly name: string }[]
    /** Machines that it relays for; null: it does not relay. */
    readonly relaysFor: number | null
  }
  readonly members: readonly DoctorMember[]
}

export interface DoctorMember {
  readonly deviceId: string
  readonly name: string
  readonly connection: Connection | null
  /** Wall time in milliseconds; null: never since this machine joined. */
  readonly lastSeen: number | null
  /** Where it was looked for last, and what happened; empty while connected. */
  readonly tried: readonly { readonly address: string; readonly reason: string; readonly at: number }[]
  /** Wall time in milliseconds of the next attempt; null: connected, or nothing to try. */
  readonly nextTry: number | null
  /** In a sentence: how it stands and what to do. */
  readonly verdict: string
  /** How it sees this machine, where it could be asked. */
  readonly theirView: { readonly connection: Connection | null; readonly addresses: readonly string[] } | null
}

/** `punched`: direct through both routers, by their own doing. */
export type Route = 'local' | 'lan' | 'internet' | 'punched' | 'relayed'

export interface Connection {
  readonly route: Route
  readonly address: string
  /** Device id of the member that relays it; null: direct. */
  readonly relayedBy: string | null
  /** Wall time in milliseconds. */
  readonly since: number
  /** Milliseconds, where measured. */
  readonly roundTrip: number | null
}

export interface Machine {
  readonly deviceId: string
  readonly name: string
  readonly self: boolean
  /** Whose it is; null for a helper. */
  readonly personId: string | null
  readonly personName: string | null
  readonly role: Role
  readonly online: boolean
  /** How this machine is connected to it right now; null where it is not. */
  readonly connection: Connection | null
  /** Entries that it is known to lack of those held here; null: it never said. */
  readonly behind: number | null
  /** When that was said, wall time in milliseconds; null: never. */
  readonly behindAsOf: number | null
  /** When it was last connected or heard of, wall time in milliseconds; null: never since this machine joined. */
  readonly lastSeen: number | null
  /** Device ids it says it is connected to; null: it never said. For the map. */
  readonly links: readonly string[] | null
  /** What it says it has; null: it never said. */
  readonly capacity: Capacity | null
}

export interface Capacity {
  readonly cores: number
  /** Share of the cores in use, 0 to 1. */
  readonly load: number
  readonly memoryBytes: number
  readonly memoryFreeBytes: number
  readonly diskBytes: number
  readonly diskFreeBytes: number
  readonly platform: string
}

export interface PeerStatus {
  readonly deviceId: string
  /** This machine's name. */
  readonly name: string
  readonly version: string
  readonly dataDirectory: string
  /** null: not in a swarm yet. */
  readonly swarm: (SwarmReference & Membership) | null
  readonly addresses: readonly string[]
  readonly machines: readonly Machine[]
  /** True only when another machine was asked since start and all that any asked machine holds is here. */
  readonly synced: boolean
  /** No other machine belongs to this swarm. */
  readonly alone: boolean
  /** Machines (device ids) that could not be asked since start. */
  readonly notAsked: readonly string[]
  /** Entries known to exist that have not arrived here yet. */
  readonly missing: number
  readonly journal: { readonly entries: number; readonly bytes: number }
  /** Entries written here that no other machine is known to hold. */
  readonly onlyHere: number
  /** Messages passed on or received in the last minute. */
  readonly messagesPerMinute: number
  /** Sentences about what wants attention, worst first. */
  readonly notices: readonly Notice[]
}

export interface Notice {
  readonly code: string
  readonly level: 'info' | 'warning' | 'danger'
  readonly text: string
  /** Wall time in milliseconds. */
  readonly at: number
}

export interface LogExcerpt {
  readonly file: string
  readonly lines: readonly string[]
}

export interface Settings {
  readonly machineName: string
  /** As others see the person; also before any swarm. */
  readonly personName: string
  readonly mdns: boolean
  /** Whether this machine relays for others: by itself where it is publicly reachable, always, or never. */
  readonly relay: 'auto' | 'on' | 'off'
  /** Multiaddrs to tell others instead of those of this machine's interfaces. */
  readonly announce: readonly string[]
  readonly listen: readonly string[]
  readonly dataDirectory: string
}

export interface DocumentSummary {
  readonly id: string
  readonly title: string
  readonly kind: 'text' | 'rich'
  readonly createdAt: number
  readonly createdBy: string
  readonly changedAt: number
  readonly changedBy: string
  /** Device ids of those who have it open now. */
  readonly present: readonly string[]
}

export interface DocumentSession {
  readonly session: string
  readonly kind: 'text' | 'rich'
  readonly title: string
  /** The Yjs client id that this editor must use. */
  readonly clientId: number
  /** Everything so far, as a Yjs v1 update. */
  readonly state: Uint8Array
}

export interface ChannelSummary {
  readonly id: string
  /** Of a direct conversation: the other people's names. */
  readonly name: string
  /** `open`: for everybody of the swarm. The others are known to nobody but their people. */
  readonly kind: 'open' | 'private' | 'direct'
  /** Of a private or direct one: who is in it, oneself first; empty for an open one. */
  readonly people: readonly { readonly personId: string; readonly name: string }[]
  /** What this machine's person may do here. */
  readonly may: { readonly write: boolean; readonly add: boolean; readonly remove: boolean; readonly leave: boolean }
  readonly createdAt: number
  readonly createdBy: string
  readonly unread: number
  /** Wall time in milliseconds of the newest message; null while empty. */
  readonly lastAt: number | null
}

export interface Message {
  readonly id: string
  readonly channel: string
  /** The author's machine. */
  readonly deviceId: string
  /** The name of the person who wrote it. */
  readonly author: string
  readonly text: string
  /** Wall time of the author in milliseconds. */
  readonly at: number
  /** The author's clock is more than ten minutes off. */
  readonly clockOff: boolean
  /** Wall time of the last edit in milliseconds; null: never. */
  readonly editedAt: number | null
  readonly replyTo: string | null
  /** `by`: people's names. */
  readonly reactions: readonly { readonly emoji: string; readonly by: readonly string[]; readonly mine: boolean }[]
  readonly own: boolean
  /** Machines known to hold it, this one included, of all machines. */
  readonly copies: number
  readonly machines: number
  /** Names of the machines not known to hold it. */
  readonly notOn: readonly string[]
  /** Names of the machines that keep it, sealed, for those who were not there: "waiting on nas". */
  readonly waitingOn: readonly string[]
}

export interface MessagePage {
  readonly channel: string
  /** Oldest first. */
  readonly messages: readonly Message[]
  /** There are older ones. */
  readonly more: boolean
}
