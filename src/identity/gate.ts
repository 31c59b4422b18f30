import type { CborFields } from '../base/cbor.ts'
import { readText, readWhole } from '../base/cbor.ts'
import type { DeviceId, SpaceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import { NotProvenError, OtherVersionError } from './errors.ts'
import { CredentialRoom } from './gate-room.ts'
import type { GateStream } from './gate-wire.ts'
import { GateWire } from './gate-wire.ts'
import { MAX_NAME_BYTES, toName } from './names.ts'
import type { EntryRequest, EntryRefusal } from './roster/index.ts'
import { ENTRY_REFUSALS, readEntryRequest, writeEntryRequest } from './roster/index.ts'
import type { Prove, Side } from './space-proof.ts'
import { isProof, proveSpace } from './space-proof.ts'

/** How one machine sees another; `unknown`: nothing that is here says that it belongs. */
export const STANDINGS = ['active', 'suspended', 'left', 'removed', 'unknown'] as const
export type GateStanding = (typeof STANDINGS)[number]

/** How a machine is seen, with who did it and when, for the people there to read. */
export interface Seen {
  readonly standing: GateStanding
  /** A person's name. */
  readonly by?: string | undefined
  /** Wall time in milliseconds. */
  readonly at?: number | undefined
}

/** What the gate asks of its peer. */
export interface Door {
  see(device: DeviceId): Seen
  /** What this machine asks to come in with, where it is no member yet. */
  request(): EntryRequest | undefined
  /** Lets a newcomer in; resolves once that is kept, or says why not. */
  answer(request: EntryRequest, from: DeviceId): Promise<EntryRefusal | undefined>
  /** What only those know who were shown who belongs: bearers of an invite do not. Absent until this one was. */
  founding(): Uint8Array | undefined
  /** Everything that shows who belongs, in frames of at most MAX_CREDENTIAL_FRAME bytes. */
  credentials(): AsyncIterable<Uint8Array>
  /** Takes in what a machine that is unknown here shows, where it shows that it belongs. */
  accept(credentials: readonly Uint8Array[], from: DeviceId): Promise<void>
  /** The other side sees this machine so: it did not let it in unless `active`. */
  told(seen: Seen, by: DeviceId): void
  /** The other side did not let this newcomer in. */
  refused(refusal: EntryRefusal, by: DeviceId): void
  /** One of both has to be updated first. */
  outdated(which: 'this' | 'other', by: DeviceId): void
}

export type SwarmGate = (stream: GateStream, side: Side, signal: AbortSignal) => Promise<void>

/** A frame of the network holds it with its envelope. */
export const MAX_CREDENTIAL_FRAME = 1_179_648
const MAX_STANDING_BYTES = 16 * 1024

/** What both have said of each other. */
interface Meeting {
  readonly wire: GateWire
  readonly door: Door
  readonly side: Side
  /** How this side sees the other, as it has told it. */
  readonly own: Seen
  readonly theirs: Seen
  /** The other was shown who belongs, at some time; it holds for who can't tell yet. */
  readonly isInitiated: boolean
}

/**
 * Decides over a fresh connection whether both sides belong to the swarm (rules G1 ff. in SPEC.md): they show that they
 * know which one it is, then say how they see each other. Whoever is unknown to the other may show its credentials; a
 * newcomer asks to be let in.
 *
 * @throws NotProvenError, OtherVersionError; when the signal fires first its reason where that has a name, otherwise AbortedError
 */
export function createSwarmGate(options: {
  readonly space: SpaceId
  /** This device. */
  readonly device: DeviceId
  readonly random: Random
  readonly door: Door
}): SwarmGate {
  const { door } = options
  const room = new CredentialRoom()
  return async (stream, side, signal) => {
    const wire = new GateWire(stream, signal)
    let prove: Prove
    try {
      prove = await proveSpace(wire, side, options)
    } catch (error) {
      if (error instanceof OtherVersionError) door.outdated(error.outdated, wire.peer)
      throw error
    }
    const meeting = side === 'dialler' ? await ask(wire, door, prove) : await answer(wire, door, prove)
    const theirs = await settle(meeting, room)
    if (theirs.standing !== 'active') {
      door.told(theirs, wire.peer)
      throw new NotProvenError(`the machine sees this one as ${theirs.standing}`)
    }
    const { standing } = door.see(wire.peer)
    if (standing !== 'active') throw new NotProvenError(`the machine is ${standing} here`)
    door.told(theirs, wire.peer)
  }
}

/** The dialler's first words: how it sees the listener, and what it asks. */
async function ask(wire: GateWire, door: Door, prove: Prove): Promise<Meeting> {
  const request = door.request()
  const own = door.see(wire.peer)
  await wire.send({
    ...writeSeen(own),
    ...initiation(door, prove, 'dialler'),
    ...(request === undefined ? {} : writeEntryRequest(request)),
  })
  const fields = await wire.receive(MAX_STANDING_BYTES)
  const refusal = ENTRY_REFUSALS.find((reason) => reason === fields.get('refusal'))
  if (refusal !== undefined) {
    door.refused(refusal, wire.peer)
    throw new NotProvenError(`this machine was not let in: ${refusal}`)
  }
  const isInitiated = isInitiatedBy(fields, door, prove, 'listener')
  return { wire, door, side: 'dialler', own, theirs: readSeen(fields), isInitiated }
}

async function answer(wire: GateWire, door: Door, prove: Prove): Promise<Meeting> {
  const fields = await wire.receive(MAX_STANDING_BYTES)
  const theirs = readSeen(fields)
  const request = readEntryRequest(fields)
  if (request !== undefined) {
    const refusal = await door.answer(request, wire.peer)
    if (refusal !== undefined) {
      await wire.send({ refusal })
      throw new NotProvenError(`a newcomer was not let in: ${refusal}`)
    }
  }
  const own = door.see(wire.peer)
  await wire.send({ ...writeSeen(own), ...initiation(door, prove, 'listener') })
  return { wire, door, side: 'listener', own, theirs, isInitiated: isInitiatedBy(fields, door, prove, 'dialler') }
}

function initiation(door: Door, prove: Prove, by: Side): { readonly member?: Uint8Array } {
  const founding = door.founding()
  return founding === undefined ? {} : { member: prove(by, 'member', founding) }
}

function isInitiatedBy(fields: CborFields, door: Door, prove: Prove, by: Side): boolean {
  const founding = door.founding()
  return founding === undefined || isProof(fields.get('member'), prove(by, 'member', founding))
}

/**
 * Shows credentials to who does not know this machine, and looks at theirs. Resolves to how they see it in the end.
 * Nothing is shown to who is gone, or unknown and without proof that it was shown the like before. Of two that do not
 * know each other the dialler shows first: whoever comes to a door says who it is before it learns who lives there.
 */
async function settle(meeting: Meeting, room: CredentialRoom): Promise<Seen> {
  const { door, isInitiated, own, side, theirs, wire } = meeting
  if (own.standing === 'active') return theirs.standing === 'unknown' ? await show(meeting) : theirs
  if (own.standing !== 'unknown' || (theirs.standing !== 'active' && theirs.standing !== 'unknown')) return theirs
  if (!isInitiated) throw new NotProvenError('the machine knows the swarm, and nobody in it')
  if (theirs.standing === 'active') {
    await look(meeting, room)
    return theirs
  }
  if (door.founding() === undefined) return theirs
  if (side === 'dialler') {
    const shown = await show(meeting)
    if (shown.standing === 'active') await look(meeting, room)
    return shown
  }
  await look(meeting, room)
  return door.see(wire.peer).standing === 'active' ? await show(meeting) : theirs
}

async function show({ door, wire }: Meeting): Promise<Seen> {
  for await (const credentials of door.credentials()) await wire.send({ credentials })
  await wire.send({ shown: true })
  return readSeen(await wire.receive(MAX_STANDING_BYTES))
}

async function look({ door, wire }: Meeting, room: CredentialRoom): Promise<void> {
  const place = room.enter()
  try {
    const frames: Uint8Array[] = []
    for (let frame = await receiveCredentials(wire); frame !== undefined; frame = await receiveCredentials(wire)) {
      place.take(frame.length)
      frames.push(frame)
    }
    await door.accept(frames, wire.peer)
  } finally {
    place.leave()
  }
  await wire.send(writeSeen(door.see(wire.peer)))
}

/** `undefined` once all is shown. */
async function receiveCredentials(wire: GateWire): Promise<Uint8Array | undefined> {
  const fields = await wire.receive(MAX_CREDENTIAL_FRAME)
  if (fields.get('shown') === true) return undefined
  const frame = fields.get('credentials')
  if (!(frame instanceof Uint8Array)) throw new NotProvenError('the machine shows nothing that can be read')
  return frame
}

function writeSeen({ at, by, standing }: Seen): Readonly<Record<string, unknown>> {
  return { standing, by, at }
}

function readSeen(fields: CborFields): Seen {
  const standing = STANDINGS.find((name) => name === fields.get('standing'))
  if (standing === undefined) throw new NotProvenError('the machine does not speak as a member does')
  const by = readText(fields.get('by'), MAX_NAME_BYTES)
  return {
    standing,
    by: by === undefined ? undefined : toName(by),
    at: readWhole(fields.get('at'), 0, Number.MAX_SAFE_INTEGER),
  }
}
