import type { CborFields } from '../base/cbor.ts'
import { readText, readWhole } from '../base/cbor.ts'
import type { DeviceId, SpaceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import { NotProvenError, OtherVersionError } from './errors.ts'
import type { GateStream } from './gate-wire.ts'
import { GateWire } from './gate-wire.ts'
import type { EntryRequest, EntryRefusal } from './roster/index.ts'
import { ENTRY_REFUSALS, readEntryRequest, writeEntryRequest } from './roster/index.ts'
import { proveSpace } from './space-proof.ts'

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

export type SwarmGate = (stream: GateStream, side: 'dialler' | 'listener', signal: AbortSignal) => Promise<void>

/** A frame of the network holds it with its envelope. */
export const MAX_CREDENTIAL_FRAME = 1_179_648
/** In all, of one machine: memberships of thousands of devices. */
const MAX_CREDENTIALS_BYTES = 16 * 1024 * 1024
const MAX_STANDING_BYTES = 16 * 1024
const MAX_NAME_BYTES = 512

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
  return async (stream, side, signal) => {
    const wire = new GateWire(stream, signal)
    try {
      await proveSpace(wire, side, options)
    } catch (error) {
      if (error instanceof OtherVersionError) door.outdated(error.outdated, wire.peer)
      throw error
    }
    const isWelcome = side === 'dialler' ? await ask(wire, door) : await answer(wire, door)
    const theirs = await settle(wire, door, isWelcome)
    if (theirs.standing !== 'active') {
      door.told(theirs, wire.peer)
      throw new NotProvenError(`the machine sees this one as ${theirs.standing}`)
    }
    const { standing } = door.see(wire.peer)
    if (standing !== 'active') throw new NotProvenError(`the machine is ${standing} here`)
    door.told(theirs, wire.peer)
  }
}

/** The dialler's first words: how it sees the listener, and what it asks. Resolves to how the listener sees it. */
async function ask(wire: GateWire, door: Door): Promise<Seen> {
  const request = door.request()
  await wire.send({ ...writeSeen(door.see(wire.peer)), ...(request === undefined ? {} : writeEntryRequest(request)) })
  const fields = await wire.receive(MAX_STANDING_BYTES)
  const refusal = ENTRY_REFUSALS.find((reason) => reason === fields.get('refusal'))
  if (refusal !== undefined) {
    door.refused(refusal, wire.peer)
    throw new NotProvenError(`this machine was not let in: ${refusal}`)
  }
  return readSeen(fields)
}

async function answer(wire: GateWire, door: Door): Promise<Seen> {
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
  await wire.send(writeSeen(door.see(wire.peer)))
  return theirs
}

/** Shows credentials to who does not know this machine, and looks at theirs. Resolves to how they see it in the end. */
async function settle(wire: GateWire, door: Door, before: Seen): Promise<Seen> {
  const isUnknown = door.see(wire.peer).standing === 'unknown'
  const show = async (): Promise<void> => {
    if (before.standing !== 'unknown') return
    for await (const credentials of door.credentials()) await wire.send({ credentials })
    await wire.send({ shown: true })
  }
  const look = async (): Promise<void> => {
    if (isUnknown) await door.accept(await receiveCredentials(wire), wire.peer)
  }
  await Promise.all([show(), look()])
  if (isUnknown) await wire.send(writeSeen(door.see(wire.peer)))
  return before.standing === 'unknown' ? readSeen(await wire.receive(MAX_STANDING_BYTES)) : before
}

async function receiveCredentials(wire: GateWire): Promise<readonly Uint8Array[]> {
  const frames: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const fields = await wire.receive(MAX_CREDENTIAL_FRAME)
    if (fields.get('shown') === true) return frames
    const frame = fields.get('credentials')
    if (!(frame instanceof Uint8Array)) throw new NotProvenError('the machine shows nothing that can be read')
    bytes += frame.length
    if (bytes > MAX_CREDENTIALS_BYTES) throw new NotProvenError('the machine shows more than any member would')
    frames.push(frame)
  }
}

function writeSeen({ at, by, standing }: Seen): Readonly<Record<string, unknown>> {
  return { standing, by, at }
}

function readSeen(fields: CborFields): Seen {
  const standing = STANDINGS.find((name) => name === fields.get('standing'))
  if (standing === undefined) throw new NotProvenError('the machine does not speak as a member does')
  return {
    standing,
    by: readText(fields.get('by'), MAX_NAME_BYTES),
    at: readWhole(fields.get('at'), 0, Number.MAX_SAFE_INTEGER),
  }
}
