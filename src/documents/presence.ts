import type { Clock } from '../base/clock.ts'
import { every } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import type { DeviceId, DocumentId, SpaceId } from '../base/ids.ts'
import type { Disposable, Startable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { AwarenessState } from './awareness-codec.ts'
import { readAwareness, writeAwareness } from './awareness-codec.ts'
import type { SessionName } from './client-ids.ts'
import { ClientIds } from './client-ids.ts'
import {
  MAX_PRESENCE_BYTES,
  MAX_PRESENCE_STATE_BYTES,
  MAX_PRESENT,
  MAX_PRESENT_PER_DEVICE,
  MAX_SESSIONS,
  PRESENCE_FORGET_MS,
  PRESENCE_MS,
  PRESENCE_REPEAT_MS,
} from './constants.ts'
import { PresenceRefusedError } from './errors.ts'
import type { PresenceMessage, Told } from './presence-message.ts'
import { decodePresence, encodePresence, isState } from './presence-message.ts'
import { MalformedUpdateError } from './yjs/byte-reader.ts'

const KIND = 'document.presence'

/** Small signed messages to whoever is here: the network's ephemeral part. */
export interface EphemeralPort {
  publish(kind: string, payload: Uint8Array): unknown
  on(kind: string, listener: (from: DeviceId, payload: Uint8Array) => void): Disposable
}

export interface PeersPort {
  readonly events: {
    on(name: 'peer:disconnected', listener: (event: { readonly device: DeviceId }) => void): Disposable
  }
}

export interface PresenceOptions {
  readonly ephemeral: EphemeralPort
  readonly network: PeersPort
  readonly clock: Clock
  readonly space: SpaceId
}

export interface PresenceEvents {
  /** What an editor has to be told, in the encoding of y-protocols/awareness. */
  readonly 'presence:changed': { readonly session: string; readonly document: DocumentId; readonly state: Uint8Array }
  /** Somebody came to a document, or left it. */
  readonly 'present:changed': Record<string, never>
}

/** An editor on this machine. */
interface Local {
  readonly document: DocumentId
  readonly name: SessionName
  readonly client: number
  /** As the editor counts. */
  editorClock: number
  /** As others hear it: it goes on where a client id is given out again. */
  clock: number
  state: string | null
  lastTold: number
  /** Has something that others haven't heard. */
  isNews: boolean
  /** Clients that it has to be told of. */
  readonly untold: Set<number>
}

/** An editor on another machine. */
interface Remote {
  readonly document: DocumentId
  readonly device: DeviceId
  readonly clock: number
  readonly state: string
  heard: number
}

/**
 * Who is in which document and where their cursors are. Told by small messages that nobody keeps; an editor is heard
 * under the client id that is derived from the device that proved to have sent the message, and under no other.
 */
export class Presence implements Startable {
  readonly events = new Emitter<PresenceEvents>()
  readonly #options: PresenceOptions
  readonly #clientIds: ClientIds
  readonly #local = new Map<string, Local>()
  readonly #remote = new Map<number, Remote>()
  /** The last clock told of a client. */
  readonly #clocks = new Map<number, number>()
  #asked = new Set<DocumentId>()
  #disposables = new DisposableStore()
  #timer: Disposable | undefined
  #lastSent = Number.NEGATIVE_INFINITY

  constructor(options: PresenceOptions) {
    this.#options = options
    this.#clientIds = new ClientIds(options.space)
  }

  async start(): Promise<void> {
    const { clock, ephemeral, network } = this.#options
    this.#disposables.dispose()
    this.#disposables = new DisposableStore()
    this.#disposables.add(ephemeral.on(KIND, (from, payload) => this.#hear(from, payload)))
    this.#disposables.add(network.events.on('peer:disconnected', ({ device }) => this.#forgetDevice(device)))
    this.#disposables.add(every(clock, PRESENCE_REPEAT_MS / 3, () => this.#tidy()))
    await Promise.resolve()
  }

  async stop(): Promise<void> {
    this.#timer?.dispose()
    this.#timer = undefined
    this.#disposables.dispose()
    await Promise.resolve()
  }

  /** An editor begins; it is told who is there, and others are asked to say so. */
  join(session: string, { client, document, name }: Pick<Local, 'document' | 'name' | 'client'>): void {
    const local: Local = {
      document,
      name,
      client,
      editorClock: 0,
      clock: 0,
      state: null,
      lastTold: Number.NEGATIVE_INFINITY,
      isNews: false,
      untold: new Set(this.#clientsIn(document)),
    }
    this.#local.set(session, local)
    this.#asked.add(document)
    this.#soon()
  }

  /** An editor is gone, and others hear it at once. */
  leave(session: string): void {
    const local = this.#local.get(session)
    if (local === undefined) return
    this.#local.delete(session)
    if (local.clock === 0) return
    const { client, clock, document } = local
    for (const other of this.#localsIn(document)) {
      other.untold.delete(client)
      this.#emit(other, [{ client, clock, state: null }])
    }
    this.#send({ told: [toldOf({ ...local, state: null })], asked: [] })
  }

  /**
   * What an editor says of itself. States of other clients in it are left out.
   * @throws PresenceRefusedError
   */
  tell(session: string, update: Uint8Array): void {
    const local = this.#local.get(session)
    const own = local === undefined ? undefined : readOwn(update, local.client)
    if (local === undefined || own === undefined || own.clock < local.editorClock) return
    if (own.state !== null && Buffer.byteLength(own.state) > MAX_PRESENCE_STATE_BYTES) {
      throw new PresenceRefusedError(`it has more than ${MAX_PRESENCE_STATE_BYTES} bytes`)
    }
    if (!isState(own.state)) throw new PresenceRefusedError('it is not what an editor says of itself')
    local.editorClock = own.clock
    local.clock = this.#nextClock(local.client)
    local.state = own.state
    local.isNews = true
    for (const other of this.#localsIn(local.document)) if (other !== local) other.untold.add(local.client)
    this.#soon()
  }

  #nextClock(client: number): number {
    const clock = (this.#clocks.get(client) ?? 0) + 1
    this.#clocks.delete(client)
    this.#clocks.set(client, clock)
    const [oldest] = this.#clocks.keys()
    if (this.#clocks.size > MAX_SESSIONS * 4 && oldest !== undefined) this.#clocks.delete(oldest)
    return clock
  }

  /** Devices known to have a document open, apart from this one. */
  devicesIn(document: DocumentId): readonly DeviceId[] {
    const devices = new Set<DeviceId>()
    for (const remote of this.#remote.values()) if (remote.document === document) devices.add(remote.device)
    return [...devices]
  }

  /** Whether an editor on this machine has it open. */
  isOpenHere(document: DocumentId): boolean {
    return this.#localsIn(document).length > 0
  }

  #localsIn(document: DocumentId): readonly Local[] {
    return [...this.#local.values()].filter((local) => local.document === document)
  }

  #clientsIn(document: DocumentId): readonly number[] {
    const remote = [...this.#remote].filter(([, one]) => one.document === document).map(([client]) => client)
    const local = this.#localsIn(document).flatMap(({ client, clock }) => (clock > 0 ? [client] : []))
    return [...remote, ...local]
  }

  #hear(from: DeviceId, payload: Uint8Array): void {
    const message = decodePresence(payload)
    if (message === undefined) return
    const now = this.#options.clock.monotonic()
    let came = false
    for (const told of message.told) came = this.#hearOf(from, told, now) || came
    for (const local of this.#local.values()) {
      // Whoever asks gets the answer with what is said next.
      if (message.asked.includes(local.document) && local.clock > 0) local.isNews = true
    }
    if (came) this.events.emit('present:changed', {})
    this.#soon()
  }

  /** Returns whether somebody came or left. */
  #hearOf(device: DeviceId, { clock, document, session, state }: Told, now: number): boolean {
    const client = this.#clientIds.of(document, device, session)
    const known = this.#remote.get(client)
    if (known !== undefined && clock < known.clock) return false
    if (state === null) {
      if (known === undefined) return false
      this.#forget(client)
      return true
    }
    if (known === undefined && !this.#hasRoom(device)) return false
    this.#remote.set(client, { document, device, clock, state, heard: now })
    if (known?.clock !== clock) this.#spread(document, client)
    return known === undefined
  }

  #hasRoom(device: DeviceId): boolean {
    if (this.#remote.size >= MAX_PRESENT) return false
    let count = 0
    for (const remote of this.#remote.values()) if (remote.device === device) count++
    return count < MAX_PRESENT_PER_DEVICE
  }

  #forget(client: number): void {
    const known = this.#remote.get(client)
    if (known === undefined) return
    this.#remote.delete(client)
    for (const local of this.#localsIn(known.document)) {
      local.untold.delete(client)
      // The same clock with no state ends it, and a later one begins it again.
      this.#emit(local, [{ client, clock: known.clock, state: null }])
    }
  }

  #spread(document: DocumentId, client: number): void {
    for (const local of this.#localsIn(document)) local.untold.add(client)
  }

  #forgetDevice(device: DeviceId): void {
    const gone = [...this.#remote].filter(([, remote]) => remote.device === device)
    for (const [client] of gone) this.#forget(client)
    if (gone.length > 0) this.events.emit('present:changed', {})
  }

  #tidy(): void {
    const now = this.#options.clock.monotonic()
    const silent = [...this.#remote].filter(([, { heard }]) => now - heard >= PRESENCE_FORGET_MS)
    for (const [client] of silent) this.#forget(client)
    if (silent.length > 0) this.events.emit('present:changed', {})
    for (const local of this.#local.values()) {
      if (local.clock > 0 && now - local.lastTold >= PRESENCE_REPEAT_MS) local.isNews = true
    }
    this.#soon()
  }

  /** Not more often than PRESENCE_MS, whatever happens. */
  #soon(): void {
    const hasWork =
      this.#asked.size > 0 || [...this.#local.values()].some(({ isNews, untold }) => isNews || untold.size > 0)
    if (this.#timer !== undefined || !hasWork) return
    const { clock } = this.#options
    const wait = Math.max(0, this.#lastSent + PRESENCE_MS - clock.monotonic())
    this.#timer = clock.after(wait, () => {
      this.#timer = undefined
      this.#lastSent = clock.monotonic()
      this.#round()
      this.#soon()
    })
  }

  #round(): void {
    for (const local of this.#local.values()) this.#tellLocal(local)
    const now = this.#options.clock.monotonic()
    const news = [...this.#local.values()].filter(({ isNews }) => isNews)
    const told: Told[] = []
    const asked = [...this.#asked].slice(0, 16)
    for (const local of news.sort((a, b) => a.lastTold - b.lastTold)) {
      const more = [...told, toldOf(local)]
      // What doesn't fit goes with the next message.
      if (encodePresence({ told: more, asked }).length > MAX_PRESENCE_BYTES) continue
      told.push(toldOf(local))
      local.isNews = false
      local.lastTold = now
    }
    if (told.length === 0 && asked.length === 0) return
    for (const document of asked) this.#asked.delete(document)
    this.#send({ told, asked })
  }

  #tellLocal(local: Local): void {
    if (local.untold.size === 0) return
    const others = new Map(this.#localsIn(local.document).map((other) => [other.client, other]))
    const states = [...local.untold].flatMap((client): AwarenessState[] => {
      const other = this.#remote.get(client) ?? others.get(client)
      return other === undefined ? [] : [{ client, clock: other.clock, state: other.state }]
    })
    local.untold.clear()
    if (states.length > 0) this.#emit(local, states)
  }

  #emit(local: Local, states: readonly AwarenessState[]): void {
    for (const [session, one] of this.#local) {
      if (one !== local) continue
      this.events.emit('presence:changed', { session, document: local.document, state: writeAwareness(states) })
    }
  }

  #send(message: PresenceMessage): void {
    this.#options.ephemeral.publish(KIND, encodePresence(message))
  }
}

function toldOf({ clock, document, name, state }: Pick<Local, 'clock' | 'document' | 'name' | 'state'>): Told {
  return { document, session: name, clock, state }
}

function readOwn(update: Uint8Array, client: number): AwarenessState | undefined {
  try {
    return readAwareness(update).find((state) => state.client === client)
  } catch (error) {
    if (error instanceof MalformedUpdateError) throw new PresenceRefusedError(error.message)
    throw error
  }
}

export function createPresence(options: PresenceOptions): Presence {
  return new Presence(options)
}
