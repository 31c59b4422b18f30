/** The values that travel between a peer and its user interfaces. Plain data: structured clone, CBOR and JSON carry it. */

export interface SwarmReference {
  readonly swarmId: string
  readonly name: string
}

export interface Invite {
  /** `murmuration://join/…` */
  readonly invite: string
}

export type Route = 'local' | 'lan' | 'internet' | 'relayed'

export interface Machine {
  readonly deviceId: string
  readonly name: string
  readonly self: boolean
  readonly online: boolean
  /** How this machine is connected to it right now; null where it is not. */
  readonly connection: {
    readonly route: Route
    readonly address: string
    /** Wall time in milliseconds. */
    readonly since: number
    /** Milliseconds, where measured. */
    readonly roundTrip: number | null
  } | null
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
  readonly swarm: SwarmReference | null
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
  readonly mdns: boolean
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
  readonly name: string
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
  /** The author's name as shown. */
  readonly author: string
  readonly text: string
  /** Wall time of the author in milliseconds. */
  readonly at: number
  /** The author's clock is more than ten minutes off. */
  readonly clockOff: boolean
  /** Wall time of the last edit in milliseconds; null: never. */
  readonly editedAt: number | null
  readonly replyTo: string | null
  readonly reactions: readonly { readonly emoji: string; readonly by: readonly string[] }[]
  readonly own: boolean
  /** Machines known to hold it, this one included, of all machines. */
  readonly copies: number
  readonly machines: number
  /** Names of the machines not known to hold it. */
  readonly notOn: readonly string[]
}

export interface MessagePage {
  readonly channel: string
  /** Oldest first. */
  readonly messages: readonly Message[]
  /** There are older ones. */
  readonly more: boolean
}
