import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { concatBytes } from '../../src/base/bytes.ts'
import { encodeFrame, FrameDecoder } from '../../src/network/frames.ts'

const LIMIT = 300_000

function decodeAll(chunks: readonly Uint8Array[], limit = LIMIT): Uint8Array[] {
  const frames: Uint8Array[] = []
  const decoder = new FrameDecoder(limit)
  for (const chunk of chunks) decoder.push(chunk, (frame) => frames.push(frame))
  return frames
}

/** Cuts bytes at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

describe('frames', () => {
  test('N10 frames come out as they went in, wherever the bytes are cut', () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 6 })
    fc.assert(
      fc.property(frames, fc.array(fc.nat(), { maxLength: 12 }), (sent, places) => {
        const wire = concatBytes(...sent.flatMap((frame) => encodeFrame(frame)))
        expect(decodeAll(cut(wire, places))).toEqual(sent)
      }),
    )
  })

  test('N10 a large frame in small pieces', () => {
    const frame = new Uint8Array(LIMIT).map((_, i) => i % 251)
    const wire = concatBytes(...encodeFrame(frame))
    const pieces = cut(
      wire,
      Array.from({ length: 200 }, (_, i) => i * 1501),
    )
    expect(Buffer.compare(Buffer.from(decodeAll(pieces)[0] ?? []), Buffer.from(frame))).toBe(0)
  })

  test('N10 frames inside one chunk are not copied', () => {
    const wire = concatBytes(...encodeFrame(Uint8Array.of(1, 2)), ...encodeFrame(Uint8Array.of(3)))
    for (const frame of decodeAll([wire])) expect(frame.buffer).toBe(wire.buffer)
  })

  test('N12 a length above the limit is refused before any of its bytes arrive', () => {
    expect(() => decodeAll([Uint8Array.of(0, 0, 0, 11)], 10)).toThrow('above the limit')
    expect(() => decodeAll([Uint8Array.of(255, 255, 255, 255)])).toThrow('above the limit')
    expect(decodeAll([Uint8Array.of(0, 0, 0, 10)], 10)).toEqual([])
  })

  test('N12 no bytes crash the decoder or make it give out a frame above the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), (chunks) => {
        try {
          for (const frame of decodeAll(chunks, 100)) expect(frame.length).toBeLessThanOrEqual(100)
        } catch (error) {
          expect((error as { code?: string }).code).toBe('INVALID_INPUT')
        }
      }),
    )
  })

  test('N12 a claimed length alone sets little aside, and a drip of bytes does not pile up objects', () => {
    const decoder = new FrameDecoder(1_310_720)
    const none = (): void => undefined
    decoder.push(Uint8Array.of(0, 16, 0, 0), none)
    const before = process.memoryUsage().arrayBuffers
    decoder.push(Uint8Array.of(1), none)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200_000)
    for (let i = 0; i < 100_000; i++) decoder.push(Uint8Array.of(1), none)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12_000_000)
    expect(decoder.partial).toBe(true)
  })
})
