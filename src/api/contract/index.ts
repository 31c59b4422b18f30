/** The API of a peer: its calls, events and values. The renderer and other programs import nothing else but this and the client. */
export type { CallName, NamedResults, Parameters, Result } from './calls.ts'
export { CALLS } from './calls.ts'
export type { ApiEvents, BroadcastEvents, EventName } from './events.ts'
export { BROADCAST_EVENTS } from './events.ts'
export type {
  Capacity,
  ChannelSummary,
  Connection,
  Device,
  DeviceLink,
  DoctorMember,
  DoctorReport,
  DocumentSession,
  DocumentSummary,
  Invite,
  JoinProgress,
  LogExcerpt,
  Machine,
  Members,
  Membership,
  Message,
  MessagePage,
  Notice,
  PeerStatus,
  Person,
  RecoveryPhrase,
  Role,
  Route,
  Settings,
  Standing,
  SwarmReference,
} from './types.ts'
