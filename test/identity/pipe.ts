import { decodeCborMap, encodeCbor } from '../../src/base/cbor.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import type { GateStream, SwarmGate } from '../../src/identity/index.ts'

/** One end of a pipe: frames that were sent into it come out at the other. */
export class End implements GateStream {
  readonly peer: DeviceId
  readonly sent: Uint8Array[] = []
  other: End | undefined
  /** Frames that go in are changed by it, as by one in the middle. */
  tamper: ((frame: Uint8Array) => Uint8Array) | undefined
  readonly #queue: (Uint8Array | undefined)[] = []
  #wake: (() => void) | undefined

  constructor(peer: DeviceId) {
    this.peer = peer
  }

  async send(frame: Uint8Array): Promise<void> {
    this.sent.push(frame)
    this.other?.deliver(this.tamper?.(frame) ?? frame)
  }

  /** `undefined` ends the stream. */
  deliver(frame: Uint8Array | undefined): void {
    this.#queue.push(frame)
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      while (this.#queue.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve))
      const frame = this.#queue.shift()
      if (frame === undefined) return
      yield frame
    }
  }
}

export function pipe(dialler: DeviceId, listener: DeviceId): readonly [End, End] {
  return joined(new End(listener), new End(dialler))
}

/** What one takes for the other side need not be it. */
export function joined(atDialler: End, atListener: End): readonly [End, End] {
  atDialler.other = atListener
  atListener.other = atDialler
  return [atDialler, atListener]
}

export const never = new AbortController().signal

/** Runs both sides; a side that fails hangs up on the other, as the network does. */
export async function meet(
  dial: SwarmGate,
  listen: SwarmGate,
  [atDialler, atListener]: readonly [End, End],
): Promise<readonly string[]> {
  const run = async (gate: SwarmGate, side: 'dialler' | 'listener', own: End): Promise<string> => {
    try {
      await gate(own, side, never)
      return 'passed'
    } catch (error) {
      own.other?.deliver(undefined)
      return (error as { readonly code: string }).code
    }
  }
  return await Promise.all([run(dial, 'dialler', atDialler), run(listen, 'listener', atListener)])
}

/** The names of the fields of each frame, but for the version. */
export function fieldsOf(frames: readonly Uint8Array[]): readonly string[] {
  return frames.map((frame) =>
    [...(decodeCborMap(frame, 2_000_000)?.keys() ?? ['?'])].filter((name) => name !== 'version').join(),
  )
}

/** The frame with other fields. */
export function changed(frame: Uint8Array, fields: Readonly<Record<string, unknown>>): Uint8Array {
  return encodeCbor({ ...Object.fromEntries(decodeCborMap(frame, 2_000_000) ?? []), ...fields })
}
