import { encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { sha256 } from '../../src/base/hash.ts'
import { StructureError } from '../../src/journal/errors.ts'
import type { Header } from '../../src/journal/header.ts'
import { openHeader, sealHeader } from '../../src/journal/header.ts'
import { decodeAnswer, decodeGossip, decodeQuestion, encodeAnswer, encodeQuestion } from '../../src/journal/protocol.ts'
import { decodeRecord, encodeEntryRecord, encodeStubRecord } from '../../src/journal/stored-entry.ts'

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length })
const count = fc.integer({ min: 1, max: 2 ** 40 })
const journal = fc.record({ device: bytes(32), incarnation: bytes(8), kind: fc.constantFrom(0 as const, 1 as const) })
const header: fc.Arbitrary<Header> = fc
  .record({
    space: bytes(32),
    journal,
    sequence: fc.integer({ min: 2, max: 2 ** 40 }),
    previous: bytes(32),
    seen: fc.array(fc.record({ journal, sequence: count, hash: bytes(32) }), { maxLength: 5 }),
    lamport: count,
    time: fc.integer({ min: 0, max: 2 ** 45 }),
    kind: fc.constantFrom('message.post', 'document.update'),
    bodyHash: bytes(32),
    bodySize: fc.integer({ min: 0, max: 1000 }),
    blobs: fc.array(fc.record({ hash: bytes(32), size: fc.integer({ min: 1, max: 1000 }) }), { maxLength: 3 }),
  })
  .map((fields) => ({
    ...fields,
    supersedes:
      fields.journal.kind === 1 ? [{ incarnation: fields.journal.incarnation, ranges: [[1, 1] as const] }] : [],
  }))

describe('entry codec', () => {
  it('J1 opens what it sealed', () => {
    fc.assert(
      fc.property(header, (value) => {
        const sealed = sealHeader(value)
        expect(openHeader(sealed.bytes)).toEqual(sealed)
        expect(sealed.hash).toEqual(sha256(sealed.bytes))
      }),
    )
  })

  it('J5 answers any bytes with a header or a StructureError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (input) => expectStructure(() => openHeader(input))),
      { numRuns: 2000 },
    )
  })

  it('J5 answers a header with any byte changed with a header or a StructureError', () => {
    fc.assert(
      fc.property(header, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, place, change) => {
        const damaged = new Uint8Array(sealHeader(value).bytes)
        damaged[place % damaged.length] = (damaged[place % damaged.length] ?? 0) ^ change
        expectStructure(() => openHeader(damaged))
      }),
      { numRuns: 2000 },
    )
  })

  it('J5 tells a future version from damage', () => {
    const future = encode([2, 'whatever', 'comes'])
    expect(() => openHeader(future)).toThrow(expect.objectContaining({ code: 'ENTRY_FUTURE_VERSION' }))
  })

  it('J5 does not allocate what a length merely claims', () => {
    // a byte string and a list that say they hold 4 GB
    for (const claim of [Uint8Array.of(0x5a, 0xff, 0xff, 0xff, 0xff), Uint8Array.of(0x9a, 0xff, 0xff, 0xff, 0xff)]) {
      const before = process.memoryUsage().arrayBuffers
      expectStructure(() => openHeader(claim))
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
    }
  })

  it('J5 refuses nesting that would exhaust the stack', () => {
    expectStructure(() => openHeader(new Uint8Array(60_000).fill(0x81)))
  })

  it('J11 keeps entries and stubs as records', () => {
    const entry = {
      header: new Uint8Array([1, 2, 3]),
      signature: new Uint8Array(64).fill(4),
      body: new Uint8Array([5]),
    }
    expect(decodeRecord(encodeEntryRecord(entry), 9)).toEqual({ type: 'entry', entry })
    const unsigned = { ...entry, signature: undefined }
    expect(decodeRecord(encodeEntryRecord(unsigned), 9)).toEqual({ type: 'entry', entry: unsigned })
    const stub = { from: 3, to: 9, hash: new Uint8Array(32).fill(1), lamport: 77 }
    expect(decodeRecord(encodeStubRecord(stub), 9)).toEqual({ type: 'stub', stub })
  })
})

describe('sync protocol', () => {
  it('J10 reads what it wrote', () => {
    const address = { device: new Uint8Array(32).fill(1), incarnation: new Uint8Array(8).fill(2), kind: 1 } as const
    const item = { journal: address, sequence: 5, hash: new Uint8Array(32).fill(3) }
    const questions = [
      { type: 'compare', frontier: item.hash, reports: item.hash },
      { type: 'buckets', indexes: [1, 63] },
      { type: 'pull', journal: address, have: [{ sequence: 5, hash: item.hash }] },
      { type: 'blob', hash: item.hash },
      { type: 'reports', have: [[address.device, 12]] },
    ] as const
    for (const question of questions) expect(decodeQuestion(encodeQuestion(question))).toEqual(question)
    const entry = { header: new Uint8Array([1]), signature: undefined, body: new Uint8Array([2]) }
    const stub = { from: 1, to: 2, hash: item.hash, lamport: 3 }
    const answers = [
      { type: 'equal', reportsDiffer: true },
      { type: 'digests', digests: [item.hash], reportsDiffer: false },
      { type: 'items', items: [item], reportsDiffer: false },
      {
        type: 'batch',
        proofs: [entry],
        items: [
          { type: 'stub', stub },
          { type: 'entry', entry },
        ],
        more: true,
      },
      { type: 'blob', bytes: null },
      { type: 'reports', reports: [{ bytes: new Uint8Array([1]), signature: new Uint8Array(64) }] },
      { type: 'advance', items: [item] },
    ] as const
    for (const answer of answers) expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer)
  })

  it.each([
    ['questions', decodeQuestion],
    ['answers', decodeAnswer],
    ['gossip', decodeGossip],
  ])('J10 answers any bytes with %s or a StructureError', (_, decode) => {
    const structured = fc.oneof(
      fc.uint8Array({ maxLength: 500 }),
      fc
        .tuple(
          fc.integer({ min: 0, max: 20 }),
          fc.array(fc.oneof(fc.integer(), fc.boolean(), bytes(32), fc.constant(null))),
        )
        .map(([type, rest]) => encode([type, ...rest])),
    )
    fc.assert(
      fc.property(structured, (input) => expectStructure(() => decode(input))),
      { numRuns: 2000 },
    )
  })
})

function expectStructure(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    if (error instanceof StructureError || (error as { code?: string }).code === 'ENTRY_FUTURE_VERSION') return
    throw error
  }
}
