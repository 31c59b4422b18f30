import type { JoinProgress, Message, PeerStatus } from './types.ts'

/** What a peer tells whoever is connected to its API, without being asked. */
export interface ApiEvents {
  /** At most four times a second. */
  'status:changed': PeerStatus
  'documents:changed': Record<string, never>
  /** Only to the connection that holds the session: a Yjs v1 update made elsewhere. */
  'document:updated': { readonly session: string; readonly update: Uint8Array }
  /** Only to the connection that holds the session: others' awareness (y-protocols encoding). */
  'document:presence': { readonly session: string; readonly state: Uint8Array }
  /** Only to the connection that holds the session: the document must be opened anew (rebuilt, deleted). */
  'document:reset': { readonly session: string; readonly reason: string }
  'channels:changed': Record<string, never>
  /** A message came (`isNew`), changed, or reached more machines. */
  'message:changed': { readonly message: Message; readonly isNew: boolean }
  'message:deleted': { readonly channel: string; readonly id: string }
  /** More messages changed than this client took in one by one: what it shows of any channel is to be read anew. */
  'messages:reset': Record<string, never>
  'message:typing': { readonly channel: string; readonly deviceId: string; readonly name: string }
  /** People, their machines, roles or invites changed. */
  'members:changed': Record<string, never>
  'join:progressed': JoinProgress
}

export type EventName = keyof ApiEvents

/** The events that every connection gets; the others go to the connection that holds the session. */
export const BROADCAST_EVENTS = [
  'status:changed',
  'documents:changed',
  'channels:changed',
  'message:changed',
  'message:deleted',
  'messages:reset',
  'message:typing',
  'members:changed',
  'join:progressed',
] as const satisfies readonly EventName[]

export type BroadcastEvents = Pick<ApiEvents, (typeof BROADCAST_EVENTS)[number]>
