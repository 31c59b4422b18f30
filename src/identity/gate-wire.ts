import type { CborFields } from '../base/cbor.ts'
import { decodeCborMap, encodeCbor, readWhole } from '../base/cbor.ts'
import type { DeviceId } from '../base/ids.ts'
import { NotProvenError, OtherVersionError } from './errors.ts'
import { orAborted } from './or-aborted.ts'

/** 1 proved a secret that all of a swarm shared. */
export const GATE_VERSION = 2
/** Of whoever has shown nothing yet. */
const MAX_FIRST_BYTES = 256

/** The part of a network stream that the gate needs. */
export interface GateStream {
  readonly peer: DeviceId
  send(frame: Uint8Array): Promise<void>
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array>
}

/** Frames at the gate: CBOR maps that carry the version. */
export class GateWire {
  readonly peer: DeviceId
  readonly #stream: GateStream
  readonly #frames: AsyncIterator<Uint8Array>
  readonly #signal: AbortSignal

  constructor(stream: GateStream, signal: AbortSignal) {
    this.peer = stream.peer
    this.#stream = stream
    this.#frames = stream[Symbol.asyncIterator]()
    this.#signal = signal
  }

  async send(fields: Readonly<Record<string, unknown>>): Promise<void> {
    await orAborted(this.#stream.send(encodeCbor({ version: GATE_VERSION, ...fields })), this.#signal)
  }

  /** @throws NotProvenError, OtherVersionError */
  async receive(maxBytes: number = MAX_FIRST_BYTES): Promise<CborFields> {
    const { done, value } = await orAborted(this.#frames.next(), this.#signal)
    if (done === true) throw new NotProvenError('the machine hung up: it belongs to another swarm')
    const fields = decodeCborMap(value, maxBytes)
    const version = readWhole(fields?.get('version'), 1, 1_000_000)
    if (fields === undefined || version === undefined)
      throw new NotProvenError('the machine does not speak as a member does')
    if (version !== GATE_VERSION) throw new OtherVersionError(version > GATE_VERSION ? 'this' : 'other')
    return fields
  }
}
