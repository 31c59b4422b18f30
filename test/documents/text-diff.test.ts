import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { diffText } from '../../src/documents/text-diff.ts'

function patch(text: string, edits: ReturnType<typeof diffText>): string {
  return [...edits].reverse().reduce((at, { index, insert, remove }) => {
    return at.slice(0, index) + insert + at.slice(index + remove)
  }, text)
}

describe('the difference of two texts', () => {
  test('D17 turns the one into the other', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c\n', '\n', '😀', 'word ', 'line\n'))
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patch(before, diffText(before, after))).toBe(after)
      }),
      { numRuns: 2000 },
    )
  })

  test('D17 touches only what differs', () => {
    expect(diffText('one\ntwo\nthree\n', 'one\n2\nthree\nfour\n')).toEqual([
      { index: 4, remove: 3, insert: '2' },
      { index: 14, remove: 0, insert: 'four\n' },
    ])
    expect(diffText('the quick fox', 'the slow fox')).toHaveLength(1)
    expect(diffText('same', 'same')).toEqual([])
    expect(diffText('', 'new')).toEqual([{ index: 0, remove: 0, insert: 'new' }])
  })

  test('D17 never cuts through a surrogate pair', () => {
    // U+1F600 and U+1F601 share their first half.
    expect(diffText('a😀b', 'a😁b')).toEqual([{ index: 1, remove: 2, insert: '😁' }])
  })

  test('D17 stays fast on texts that have nothing in common', () => {
    const before = Array.from({ length: 20_000 }, (_, i) => `before ${i}\n`).join('')
    const after = Array.from({ length: 20_000 }, (_, i) => `after ${i * 7}\n`).join('')
    const started = performance.now()
    expect(patch(before, diffText(before, after))).toBe(after)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})
