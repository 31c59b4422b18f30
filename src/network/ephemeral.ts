import { concatBytes, utf8 } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes, readText, readWhole } from '../base/cbor.ts'
import type { Clock } from '../base/clock.ts'
import { Emitter } from '../base/emitter.ts'
import { InvalidInputError, messageOf } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { Logger } from '../base/log.ts'
import { silentLogger } from '../base/log.ts'
import type { DeviceKey, Verify } from '../identity/device-key.ts'
import { deviceIdOf } from '../identity/device-key.ts'
import type { SpaceNetwork } from './network.ts'
import { Throttle } from './throttle.ts'

/** Presence, cursors and typing are small; what is not belongs into a journal. */
export const MAX_EPHEMERAL_BYTES = 1024
export const MAX_KIND_BYTES = 32
/** Messages of one author and kind a second: enough for a cursor that moves. */
export const EPHEMERAL_RATE = 10
/** Above what a sender may send, as the network delivers in bursts. */
const HEARD_BURST = 2 * EPHEMERAL_RATE
/** Authors and kinds of each whose counters are kept; the longest silent go first. */
const MAX_AUTHORS = 1024
const MAX_KINDS = 16
/**
 * An author that was silent for so long may begin anew, also below what it said before: its clock may have been set back
 * between two starts. A replay that is older than this can so pass once more, which moves a cursor and nothing else.
 */
const FORGET_MS = 10 * 60_000
const MAX_ENVELOPE_BYTES = MAX_EPHEMERAL_BYTES + 512
const DOMAIN = 'murmuration ephemeral 1'

export interface EphemeralOptions {
  readonly network: SpaceNetwork
  readonly key: DeviceKey
  readonly verify: Verify
  readonly clock: Clock
  readonly topic: string
  /** Whose messages are heard; everybody's unless given. */
  readonly accepts?: (author: DeviceId) => boolean
  readonly logger?: Logger
}

/** Signed messages that are worth something only now: lost ones are not missed. */
export interface Ephemeral extends Disposable {
  /**
   * Sends to whoever is here. Above the rate what waits is replaced: the last of each kind is sent as soon as it may.
   * @throws InvalidInputError for a payload or kind that is too long
   */
  publish(kind: string, payload: Uint8Array): void
  /** Messages of others; `from` is the author, proven by its signature. */
  on(kind: string, listener: (from: DeviceId, payload: Uint8Array) => void): Disposable
}

interface Envelope {
  readonly key: Uint8Array
  /** Wall time of the author's start: a later run counts from one again. */
  readonly session: number
  readonly counter: number
  readonly kind: string
  readonly payload: Uint8Array
}

interface Heard {
  readonly session: number
  readonly counter: number
  readonly at: number
}

export function createEphemeral(options: EphemeralOptions): Ephemeral {
  return new GossipedEphemeral(options)
}

class GossipedEphemeral implements Ephemeral {
  readonly #options: EphemeralOptions
  readonly #logger: Logger
  readonly #events: Emitter<Record<string, { readonly from: DeviceId; readonly payload: Uint8Array }>>
  readonly #disposables = new DisposableStore()
  readonly #session: number
  #counter = 0
  readonly #outgoing: Throttle
  readonly #incoming: Throttle
  /** The last of each kind that waits for its turn. */
  readonly #waiting = new Map<string, Uint8Array>()
  /** By author, then kind. The author heard last is last. */
  readonly #heard = new Map<DeviceId, Map<string, Heard>>()

  constructor(options: EphemeralOptions) {
    const { network, clock, topic } = options
    this.#options = options
    this.#logger = options.logger ?? silentLogger
    this.#events = new Emitter((error) => this.#logger.error({ reason: messageOf(error) }, 'a listener failed'))
    this.#session = Math.floor(clock.now())
    this.#outgoing = new Throttle({ clock, perSecond: EPHEMERAL_RATE, burst: EPHEMERAL_RATE, maxNames: MAX_AUTHORS })
    this.#incoming = new Throttle({ clock, perSecond: EPHEMERAL_RATE, burst: HEARD_BURST, maxNames: MAX_AUTHORS * 4 })
    this.#disposables.add(network.subscribe(topic, (data) => this.#receive(data)))
  }

  publish(kind: string, payload: Uint8Array): void {
    if (payload.length > MAX_EPHEMERAL_BYTES) {
      throw new InvalidInputError(
        `${payload.length} bytes are too many for "${kind}"; ${MAX_EPHEMERAL_BYTES} is the limit`,
      )
    }
    if (kind === '' || utf8(kind).length > MAX_KIND_BYTES) {
      throw new InvalidInputError(`"${kind.slice(0, 80)}" is no kind of message: 1 to ${MAX_KIND_BYTES} bytes are`)
    }
    if (this.#disposables.disposed) return
    const isFirst = !this.#waiting.has(kind)
    this.#waiting.set(kind, new Uint8Array(payload))
    if (isFirst) this.#sendWhenAllowed(kind)
  }

  on(kind: string, listener: (from: DeviceId, payload: Uint8Array) => void): Disposable {
    return this.#events.on(kind, ({ from, payload }) => listener(from, payload))
  }

  dispose(): void {
    this.#disposables.dispose()
    this.#waiting.clear()
  }

  #sendWhenAllowed(kind: string): void {
    if (!this.#outgoing.take(kind)) {
      const turn: Disposable = this.#options.clock.after(this.#outgoing.waitFor(kind), () => {
        this.#disposables.release(turn)
        this.#sendWhenAllowed(kind)
      })
      this.#disposables.add(turn)
      return
    }
    const payload = this.#waiting.get(kind)
    this.#waiting.delete(kind)
    if (payload !== undefined) this.#send(kind, payload)
  }

  #send(kind: string, payload: Uint8Array): void {
    const { network, key, topic } = this.#options
    this.#counter++
    const envelope: Envelope = { key: key.publicKey, session: this.#session, counter: this.#counter, kind, payload }
    const signature = key.sign(signedBytes(topic, envelope))
    network
      .publish(topic, encodeCbor({ ...envelope, signature }))
      .catch((error: unknown) => this.#logger.debug({ kind, reason: messageOf(error) }, 'an ephemeral was not sent'))
  }

  #receive(data: Uint8Array): void {
    const read = readEnvelope(data)
    if (read === undefined) return
    const { envelope, signature } = read
    const from = deviceIdOf(envelope.key)
    // The signature costs most, so it comes last; nothing is remembered of an author before it was checked.
    if (from === this.#options.key.device || !this.#isNews(from, envelope)) return
    if (this.#options.accepts?.(from) === false) return
    if (!this.#options.verify(envelope.key, signedBytes(this.#options.topic, envelope), signature)) return
    if (!this.#remember(from, envelope)) return
    if (!this.#incoming.take(`${from} ${envelope.kind}`)) return
    this.#events.emit(envelope.kind, { from, payload: envelope.payload })
  }

  #isNews(from: DeviceId, { session, counter, kind }: Envelope): boolean {
    const last = this.#heard.get(from)?.get(kind)
    if (last === undefined || this.#options.clock.monotonic() - last.at > FORGET_MS) return true
    return session > last.session || (session === last.session && counter > last.counter)
  }

  /** Returns false where an author uses more kinds than anybody needs. */
  #remember(from: DeviceId, { session, counter, kind }: Envelope): boolean {
    const kinds = this.#heard.get(from) ?? new Map<string, Heard>()
    if (!kinds.has(kind) && kinds.size >= MAX_KINDS) return false
    kinds.set(kind, { session, counter, at: this.#options.clock.monotonic() })
    this.#heard.delete(from)
    this.#heard.set(from, kinds)
    const [oldest] = this.#heard.keys()
    if (this.#heard.size > MAX_AUTHORS && oldest !== undefined) this.#heard.delete(oldest)
    return true
  }
}

function signedBytes(topic: string, { key, session, counter, kind, payload }: Envelope): Uint8Array {
  return concatBytes(utf8(`${DOMAIN}\0`), encodeCbor({ topic, key, session, counter, kind, payload }))
}

function readEnvelope(data: Uint8Array): { readonly envelope: Envelope; readonly signature: Uint8Array } | undefined {
  const fields = decodeCborMap(data, MAX_ENVELOPE_BYTES)
  const key = readBytes(fields?.get('key'), 32)
  const signature = readBytes(fields?.get('signature'), 64)
  const session = readWhole(fields?.get('session'), 0, Number.MAX_SAFE_INTEGER)
  const counter = readWhole(fields?.get('counter'), 1, Number.MAX_SAFE_INTEGER)
  const kind = readText(fields?.get('kind'), MAX_KIND_BYTES)
  const payload = fields?.get('payload')
  if (key === undefined || signature === undefined || session === undefined || counter === undefined) return undefined
  if (kind === undefined || kind === '' || !(payload instanceof Uint8Array)) return undefined
  if (payload.length > MAX_EPHEMERAL_BYTES) return undefined
  return { envelope: { key, session, counter, kind, payload: new Uint8Array(payload) }, signature }
}
