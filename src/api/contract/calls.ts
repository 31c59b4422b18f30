import * as v from 'valibot'

import type {
  ChannelSummary,
  DeviceLink,
  DoctorReport,
  DocumentSession,
  DocumentSummary,
  Invite,
  LogExcerpt,
  Members,
  MessagePage,
  PeerStatus,
  RecoveryPhrase,
  Settings,
  SwarmReference,
} from './types.ts'

/**
 * Every call that a user interface or a program can make on a peer, with the shape of its parameters.
 * Typed here once, validated at the border. Each takes one object; results are named in `Results`.
 */
const id = v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(128, 'is longer than any id'))
/** A line that people type: names, titles. */
const label = v.pipe(
  v.string(),
  v.trim(),
  v.minLength(1, 'is empty'),
  v.maxLength(200, 'is longer than 200 characters'),
)
/** Bounded here so that no caller can make the peer hold more; the parts give the exact, explained limits. */
const longText = v.pipe(v.string(), v.maxLength(16 * 1024 * 1024, 'is longer than 16 million characters'))
const bytes = v.pipe(
  v.custom<Uint8Array>((value) => value instanceof Uint8Array, 'not bytes'),
  v.check((value) => value.length <= 16 * 1024 * 1024, 'is more than 16 MB'),
)
const link = v.pipe(v.string(), v.minLength(1, 'is empty'), v.maxLength(8192, 'is longer than any link'))
const people = v.pipe(v.array(label), v.maxLength(1000, 'is more than 1000 people'))
const nothing = v.strictObject({})

export const CALLS = {
  'peer.status': nothing,
  'peer.stop': nothing,
  /** The machine woke up or its network changed. */
  'peer.wake': nothing,
  /** Connects to a machine at a multiaddr by hand. */
  'peer.connect': v.strictObject({ address: v.pipe(v.string(), v.maxLength(512, 'is longer than any address')) }),
  'peer.log': v.strictObject({ lines: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)) }),

  'swarm.create': v.strictObject({ name: label, personName: v.optional(label), machineName: v.optional(label) }),
  /** With an invite, or the link that another machine of one's own made. Told by `join:progressed`; cancelled by its signal. */
  'swarm.join': v.strictObject({ invite: link, personName: v.optional(label), machineName: v.optional(label) }),
  'swarm.rename': v.strictObject({ name: label }),
  /** Says so to the others; what is here stays readable until `swarm.forget`. */
  'swarm.leave': nothing,
  /** Deletes everything of the swarm from this machine, once it is no member of it any more. */
  'swarm.forget': nothing,
  /** Makes this new machine one of the phrase's owner; `invite`: any link to the swarm, also one that was used. */
  'swarm.recover': v.strictObject({
    phrase: v.pipe(v.string(), v.maxLength(1024, 'is longer than any recovery phrase')),
    invite: link,
    machineName: v.optional(label),
  }),

  'member.list': nothing,
  /** One's own name. */
  'member.rename': v.strictObject({ name: label }),
  /** People and machines are named by their ids or, where only one has it, their names. */
  'member.role': v.strictObject({ person: label, role: v.picklist(['owner', 'admin', 'member', 'observer']) }),
  'member.remove': v.strictObject({ person: label }),
  'device.link': nothing,
  'device.remove': v.strictObject({ device: label }),
  /** Lets a suspended machine in for good. */
  'device.confirm': v.strictObject({ device: label }),
  'invite.create': v.strictObject({
    role: v.optional(v.picklist(['owner', 'admin', 'member', 'observer', 'helper'])),
    uses: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000))),
    /** Milliseconds from now; a week unless given. */
    lifetime: v.optional(v.pipe(v.number(), v.integer(), v.minValue(60_000), v.maxValue(366 * 86_400_000))),
  }),
  'invite.list': nothing,
  /** @throws NotFoundError; `invite` is an id, the beginning of one, or a link */
  'invite.revoke': v.strictObject({ invite: link }),
  'recovery.make': nothing,
  /** Of all members, or of one. */
  'doctor.report': v.strictObject({ device: v.optional(label) }),

  'settings.get': nothing,
  'settings.set': v.strictObject({
    machineName: v.optional(label),
    personName: v.optional(label),
    mdns: v.optional(v.boolean()),
    relay: v.optional(v.picklist(['auto', 'on', 'off'])),
    announce: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(256))), v.maxLength(16))),
    listen: v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(256))), v.maxLength(16))),
  }),

  'document.create': v.strictObject({ title: label, kind: v.picklist(['text', 'rich']) }),
  'document.list': nothing,
  'document.rename': v.strictObject({ document: id, title: label }),
  'document.delete': v.strictObject({ document: id }),
  /** Undoes a deletion. */
  'document.restore': v.strictObject({ document: id }),
  'document.text': v.strictObject({ document: id }),
  /** Replaces the text by a minimal difference. */
  'document.write': v.strictObject({ document: id, text: longText }),
  'document.append': v.strictObject({ document: id, text: longText }),
  /** Begins an editor session; it ends with `document.close` or the connection. */
  'document.open': v.strictObject({ document: id }),
  /** A Yjs v1 update typed in that session; resolves once it is on disk. */
  'document.push': v.strictObject({ session: id, update: bytes }),
  /** What the peer has and the editor with this Yjs state vector lacks, as a v1 update. */
  'document.missing': v.strictObject({ session: id, stateVector: bytes }),
  /** The editor's awareness state (y-protocols encoding), at most 1 KB. */
  'document.presence': v.strictObject({ session: id, state: bytes }),
  'document.close': v.strictObject({ session: id }),

  /** With `people` it is private to them and oneself: nobody else learns of it. People are ids or names. */
  'channel.create': v.strictObject({ name: label, people: v.optional(people) }),
  /** The conversation with these people; begun where there is none. */
  'channel.direct': v.strictObject({ people }),
  'channel.add': v.strictObject({ channel: label, person: label }),
  'channel.remove': v.strictObject({ channel: label, person: label }),
  'channel.leave': v.strictObject({ channel: label }),
  'channel.list': nothing,
  'channel.rename': v.strictObject({ channel: id, name: label }),
  'channel.delete': v.strictObject({ channel: id }),
  /** `channel` is an id or a name. */
  'message.send': v.strictObject({ channel: label, text: longText, replyTo: v.optional(id) }),
  'message.read': v.strictObject({
    channel: label,
    limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500))),
    before: v.optional(id),
  }),
  'message.edit': v.strictObject({ message: id, text: longText }),
  'message.delete': v.strictObject({ message: id }),
  'message.react': v.strictObject({ message: id, emoji: v.pipe(v.string(), v.maxLength(64)), on: v.boolean() }),
  /** Everything up to this message is read on this machine. */
  'message.markRead': v.strictObject({ channel: id, message: id }),
  /** Somebody types here; passed on to others for a few seconds. */
  'message.typing': v.strictObject({ channel: id }),
} as const

export type CallName = keyof typeof CALLS
export type Parameters<Name extends CallName> = v.InferInput<(typeof CALLS)[Name]>

/** What each call resolves to; calls that are not named here resolve to nothing. */
export interface NamedResults {
  'peer.status': PeerStatus
  'peer.log': LogExcerpt
  'swarm.create': SwarmReference
  'swarm.join': SwarmReference
  /** Machines that know of it by now. */
  'swarm.leave': { readonly told: number }
  'swarm.recover': SwarmReference
  'member.list': Members
  'device.link': DeviceLink
  'invite.create': Invite
  'invite.list': readonly Invite[]
  'recovery.make': RecoveryPhrase
  'doctor.report': DoctorReport
  'settings.get': Settings
  'settings.set': Settings
  'document.create': { readonly id: string }
  'document.list': readonly DocumentSummary[]
  'document.text': { readonly text: string }
  'document.open': DocumentSession
  'document.missing': { readonly update: Uint8Array }
  'channel.create': { readonly id: string }
  'channel.direct': { readonly id: string }
  'channel.list': readonly ChannelSummary[]
  'message.send': { readonly id: string; readonly acknowledged: true }
  'message.read': MessagePage
}

export type Result<Name extends CallName> = Name extends keyof NamedResults ? NamedResults[Name] : undefined
