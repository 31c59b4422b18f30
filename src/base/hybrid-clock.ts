/**
 * A hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", 2014): near wall time, and yet
 * greater than every clock that its author knew. So its order is causal whatever machines' clocks say.
 */
export interface HybridTime {
  /** Milliseconds: the greatest wall time that the author knew of, its own included. */
  readonly time: number
  /** Tells events of one `time` apart. */
  readonly count: number
}

/** Times on the wire: milliseconds since 1970 in six bytes. */
export const MAX_TIME = 2 ** 48 - 1
/** Counters: six bytes. */
export const MAX_COUNT = 2 ** 48 - 1
export const HYBRID_BYTES = 12

export const EARLIEST: HybridTime = { time: 0, count: 0 }

export function laterOf(a: HybridTime, b: HybridTime): HybridTime {
  return (a.time - b.time || a.count - b.count) >= 0 ? a : b
}

/** The time of a new event: after everything known, and at the wall's time where that is later. */
export function nextHybrid(known: HybridTime, wall: number): HybridTime {
  const now = Math.min(Math.max(0, Math.floor(wall)), MAX_TIME)
  if (now > known.time) return { time: now, count: 0 }
  return { time: known.time, count: Math.min(known.count + 1, MAX_COUNT) }
}

/** A time and an id in bytes, whose order is the order of time, then of ids. */
export function hybridKey(clock: HybridTime, id: Uint8Array): Uint8Array {
  const key = new Uint8Array(HYBRID_BYTES + id.length)
  writeUint48(key, 0, clock.time)
  writeUint48(key, 6, clock.count)
  key.set(id, HYBRID_BYTES)
  return key
}

export function readHybridKey(key: Uint8Array): HybridTime {
  return { time: readUint48(key, 0), count: readUint48(key, 6) }
}

function writeUint48(bytes: Uint8Array, offset: number, value: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  view.setUint16(offset, Math.floor(value / 2 ** 32))
  view.setUint32(offset + 2, value >>> 0)
}

function readUint48(bytes: Uint8Array, offset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return view.getUint16(offset) * 2 ** 32 + view.getUint32(offset + 2)
}
