import fc from 'fast-check'
import * as Y from 'yjs'
import { describe, expect, test } from 'vitest'

import { seededRandom } from '../../src/base/random.ts'
import { decodeBody, encodeBody } from '../../src/documents/bodies.ts'
import { MalformedUpdateError } from '../../src/documents/yjs/byte-reader.ts'
import { covers, isDeleted, mergeRanges, unite } from '../../src/documents/yjs/delete-sets.ts'
import { readUpdate } from '../../src/documents/yjs/read-update.ts'
import { sliceStruct } from '../../src/documents/yjs/slice-struct.ts'
import type { Struct, Update } from '../../src/documents/yjs/struct.ts'
import { Content } from '../../src/documents/yjs/struct.ts'
import { writeUpdate } from '../../src/documents/yjs/write-update.ts'
import { RICH, TEXT } from './writers.ts'

const LIMITS = { structs: 100_000, ranges: 100_000 }

/** Updates as stock Yjs makes them, with every content that may stand in a document. */
function realUpdates(seed: number): readonly Uint8Array[] {
  const random = seededRandom(seed)
  const doc = new Y.Doc()
  doc.clientID = random.below(2) === 0 ? 7 : 2 ** 52 + 11
  const updates: Uint8Array[] = []
  doc.on('update', (update: Uint8Array) => updates.push(update))
  const fragment = doc.getXmlFragment('rich')
  for (let step = 0; step < 30; step++) {
    const element = new Y.XmlElement('paragraph')
    const text = new Y.XmlText()
    fragment.insert(random.below(fragment.length + 1), [element])
    element.setAttribute('level', 3 as unknown as string)
    ;(element as unknown as { setAttribute(name: string, value: unknown): void }).setAttribute('deep', {
      list: [1, -5, 2.5, true, null, 'x', new Uint8Array([1, 2])],
    })
    element.insert(0, [text])
    text.insert(0, 'straße 😀 text')
    text.format(1, 4, { bold: true, link: { href: 'x' } })
    text.insertEmbed(2, { image: 'none' })
    if (fragment.length > 3) fragment.delete(random.below(fragment.length), 1)
  }
  return [...updates, Y.encodeStateAsUpdate(doc)]
}

describe('the codec of updates', () => {
  test('D3 reads what Yjs writes, and writes it back byte for byte', () => {
    for (const update of realUpdates(1)) {
      const read = readUpdate(update, LIMITS)
      const again = writeUpdate(read)
      // But for a flag that Yjs sets on attributes that have an origin, where nothing follows it.
      expect(again.length).toBe(update.length)
      expect(readUpdate(again, LIMITS)).toEqual(read)
      const [a, b] = [new Y.Doc(), new Y.Doc()]
      Y.applyUpdate(a, update)
      Y.applyUpdate(b, again)
      expect(Y.encodeStateAsUpdate(b)).toEqual(Y.encodeStateAsUpdate(a))
    }
  })

  test('D3 agrees with Yjs on clients, clocks and lengths', () => {
    for (const update of realUpdates(2)) {
      const read = readUpdate(update, LIMITS)
      const decoded = Y.decodeUpdate(update)
      const ours = read.blocks.flatMap(({ structs }) =>
        structs.map(({ client, clock, length }) => [client, clock, length]),
      )
      expect(ours).toEqual(decoded.structs.map(({ id, length }) => [id.client, id.clock, length]))
    }
  })

  test('D3 no input crashes it, hangs it, or passes without Yjs reading it as well', () => {
    const seeds = [3, 4, 5].flatMap(realUpdates)
    const mutated = fc
      .tuple(fc.nat(seeds.length - 1), fc.array(fc.tuple(fc.nat(100_000), fc.nat(255)), { maxLength: 4 }), fc.nat(3))
      .map(([index, changes, cut]) => {
        const bytes = new Uint8Array(seeds[index] ?? new Uint8Array(2))
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        return cut === 0 ? bytes.slice(0, changes[0]?.[0] ?? bytes.length) : bytes
      })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        let read: Update | undefined
        try {
          read = readUpdate(bytes, LIMITS)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedUpdateError)
        }
        if (read === undefined) return
        const decoded = Y.decodeUpdate(bytes)
        expect(decoded.structs.length).toBe(read.blocks.reduce((sum, { structs }) => sum + structs.length, 0))
      }),
      { numRuns: 4000 },
    )
  })

  test('D3 takes time and memory in proportion to what is there, not to what is claimed', () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f]
    for (const claim of [
      [...huge],
      [1, ...huge],
      [1, 1, 5, 0, 8, 1, 1, 97, ...huge],
      [1, 1, 5, 0, 4, 1, 4, 116, 101, 120, 116, ...huge],
      [0, 1, 5, ...huge],
      [1, 1, 5, 0, 0, ...huge, 0],
    ]) {
      const started = performance.now()
      expect(() => readUpdate(Uint8Array.from(claim), LIMITS)).toThrow(MalformedUpdateError)
      expect(performance.now() - started).toBeLessThan(200)
    }
  })

  test('D3 bodies: no input crashes the decoder, and what is decoded encodes to the same', () => {
    const kinds = [
      'document.create',
      'document.rename',
      'document.delete',
      'document.restore',
      'document.update',
      'document.checkpoint',
    ]
    const id = new Uint8Array(16).fill(1)
    const bodies = [
      encodeBody({ kind: 'document.create', id, document: TEXT, title: 'Plan' }),
      encodeBody({ kind: 'document.rename', id, document: RICH, title: 'Büro' }),
      encodeBody({ kind: 'document.delete', id, document: RICH }),
      encodeBody({
        kind: 'document.update',
        id,
        document: TEXT,
        sessions: [{ incarnation: 'ab'.repeat(8), number: 4_000_000_000 }],
        structs: Uint8Array.of(0),
        deletes: Uint8Array.of(0),
      }),
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.constantFrom(...bodies),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 2 }),
        (kind, base, changes) => {
          const bytes = new Uint8Array(base)
          for (const [at, value] of changes) bytes[at % bytes.length] = value
          const body = decodeBody(kind, bytes)
          if (body !== undefined) expect(encodeBody(body)).toEqual(bytes)
        },
      ),
      { numRuns: 3000 },
    )
    expect(bodies.map((body, i) => decodeBody(kinds[[0, 1, 2, 4][i] ?? 0] ?? '', body)?.document)).toEqual([
      TEXT,
      RICH,
      RICH,
      TEXT,
    ])
  })
})

describe('parts of structs', () => {
  test('D12 are what Yjs makes of an item that it splits there', () => {
    const text = 'ab😀cd'
    for (let cut = 1; cut < text.length; cut++) {
      const doc = new Y.Doc()
      doc.clientID = 5
      doc.getText('text').insert(0, text)
      const whole = readUpdate(Y.encodeStateAsUpdate(doc), LIMITS).blocks[0]?.structs[0]
      if (whole === undefined) throw new Error('no struct')
      // A mark put between splits the item.
      doc.getText('text').insert(cut, '|')
      const split = readUpdate(Y.encodeStateAsUpdate(doc), LIMITS).blocks[0]?.structs ?? []
      expect([sliceStruct(whole, 0, cut), sliceStruct(whole, cut, text.length)]).toEqual(split.slice(0, 2))
    }
  })

  test('D12 of values are the values of that part', () => {
    const doc = new Y.Doc()
    doc.clientID = 5
    doc.getArray('rich').insert(0, [1, 'two', { three: [3] }, null])
    const whole = readUpdate(Y.encodeStateAsUpdate(doc), LIMITS).blocks[0]?.structs[0]
    if (whole === undefined) throw new Error('no struct')
    expect(whole.content).toBe(Content.any)
    const parts: Struct[] = [0, 1, 2, 3].map((at) => sliceStruct(whole, at, at + 1))
    const copy = new Y.Doc()
    const block = { client: 5, clock: 0, end: 4, structs: parts }
    Y.applyUpdate(copy, writeUpdate({ blocks: [block], deletes: new Map() }))
    expect(copy.getArray('rich').toJSON()).toEqual([1, 'two', { three: [3] }, null])
  })
})

describe('delete sets', () => {
  test('D12 unite to what either deletes, in as few ranges as can be', () => {
    const range = fc
      .tuple(fc.nat(60), fc.integer({ min: 1, max: 9 }))
      .map(([from, length]) => [from, from + length] as const)
    const set = fc.array(range, { minLength: 1, maxLength: 8 }).map((ranges) => new Map([[1, mergeRanges(ranges)]]))
    fc.assert(
      fc.property(set, set, (a, b) => {
        const both = unite([a, b])
        for (let clock = 0; clock < 80; clock++) {
          expect(isDeleted(both, 1, clock)).toBe(isDeleted(a, 1, clock) || isDeleted(b, 1, clock))
        }
        expect(covers(both, a) && covers(both, b)).toBe(true)
        expect(covers(a, both)).toBe(covers(a, b))
        const ranges = both.get(1) ?? []
        for (let i = 1; i < ranges.length; i++) expect(ranges[i]?.[0]).toBeGreaterThan(ranges[i - 1]?.[1] ?? 0)
      }),
    )
  })
})
