import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { fromHex, toHex } from '../../src/base/bytes.ts'
import { seededRandom } from '../../src/base/random.ts'
import { nearestWord } from '../../src/identity/nearest-word.ts'
import {
  makeRecoveryPhrase,
  PHRASE_WORDS,
  phraseOf,
  readRecoveryPhrase,
  recoveryKey,
  RecoveryPhraseError,
} from '../../src/identity/recovery-phrase.ts'
import { recoverySheet } from '../../src/identity/recovery-sheet.ts'

const entropy = fc.uint8Array({ minLength: 32, maxLength: 32 })

/** The test vectors of BIP39 with 256 bits; the seeds were made with another HKDF. */
const VECTORS = [
  {
    entropy: '00'.repeat(32),
    text: `${'abandon '.repeat(23)}art`,
    seed: '626ef2780cd8a29e8f2771cc6cf19d8191d6376c4a016ddb9a080bd2e5e94451',
  },
  {
    entropy: '7f'.repeat(32),
    text: `${'legal winner thank year wave sausage worth useful '.repeat(3).trimEnd().slice(0, -7)} title`,
    seed: '18939053b60a4ce329c3397c8622fb05e511de7a986a1bcbbc5ed595e0156cdb',
  },
  {
    entropy: 'ff'.repeat(32),
    text: `${'zoo '.repeat(23)}vote`,
    seed: '8779162e4d7ee093349823b23751899d2a0578e555e66e86e95b3f7cd709ef96',
  },
] as const

const sample = phraseOf(fromHex('7f'.repeat(32)))

function wrong(text: string): RecoveryPhraseError {
  try {
    readRecoveryPhrase(text)
  } catch (error) {
    if (error instanceof RecoveryPhraseError) return error
    throw error
  }
  throw new Error('it was read')
}

function withWord(place: number, word: string): string {
  return sample.words.map((usual, index) => (index === place - 1 ? word : usual)).join(' ')
}

describe('K9 phrases', () => {
  test.each(VECTORS)('K9 $text', ({ entropy: bytes, seed, text }) => {
    const phrase = readRecoveryPhrase(text)
    expect(toHex(phrase.entropy)).toBe(bytes)
    expect(phraseOf(fromHex(bytes)).words.join(' ')).toBe(text)
    expect(toHex(recoveryKey(phrase).seed)).toBe(seed)
  })

  test('K9 every phrase reads as it was made, and makes the same device', () => {
    fc.assert(
      fc.property(entropy, (bytes) => {
        const phrase = phraseOf(bytes)
        const read = readRecoveryPhrase(phrase.words.join(' '))
        expect(read).toEqual(phrase)
        expect(recoveryKey(read).device).toBe(recoveryKey(phrase).device)
      }),
    )
  })

  test('K9 a new phrase has 24 words of chance', () => {
    const [one, other] = [makeRecoveryPhrase(seededRandom(1)), makeRecoveryPhrase(seededRandom(2))]
    expect(one.words).toHaveLength(PHRASE_WORDS)
    expect(one.words).not.toEqual(other.words)
    expect(makeRecoveryPhrase(seededRandom(1))).toEqual(one)
  })

  test('K10 the key of a phrase is not what the words spell', () => {
    fc.assert(
      fc.property(entropy, (bytes) => {
        expect(toHex(recoveryKey(phraseOf(bytes)).seed)).not.toBe(toHex(bytes))
      }),
    )
  })
})

describe('K11 phrases as people type them', () => {
  const separators = fc.constantFrom(' ', '  ', '\n', '\r\n', '\t', ', ', '; ', ' | ', '\u00a0')
  const numberings = fc.constantFrom(
    () => '',
    (n: number) => `${n}. `,
    (n: number) => `${n}.`,
    (n: number) => `${n}) `,
    (n: number) => `(${n})`,
    (n: number) => `#${n}: `,
    (n: number) => `${String(n).padStart(2, '0')} `,
  )
  const spelling = fc.constantFrom(
    (word: string) => word,
    (word: string) => word.toUpperCase(),
    (word: string) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
    (word: string) => `"${word}",`,
    (word: string) => `${word}.`,
    (word: string) => `\u200b${word}`,
  )

  test('K11 case, spacing and numbering do not matter', () => {
    const typed = fc.tuple(entropy, separators, numberings, fc.array(spelling, { minLength: 24, maxLength: 24 }))
    fc.assert(
      fc.property(typed, ([bytes, separator, numbering, spellings]) => {
        const phrase = phraseOf(bytes)
        const words = phrase.words.map((word, index) => numbering(index + 1) + (spellings[index]?.(word) ?? word))
        expect(readRecoveryPhrase(`\n ${words.join(separator)} `)).toEqual(phrase)
      }),
    )
  })

  test('K11 the rows of the printed sheet are read', () => {
    const rows = recoverySheet({ ...sheet, phrase: sample })
      .split('\n')
      .filter((line) => /^\s+\d+\. /.test(line))
    expect(rows).toHaveLength(6)
    expect(readRecoveryPhrase(rows.join('\n'))).toEqual(sample)
  })

  test('K12 a wrong word is named with its place and the nearest word', () => {
    const error = wrong(withWord(3, 'thnak'))
    expect(error).toMatchObject({ code: 'RECOVERY_PHRASE', word: 3 })
    expect(error.message).toBe('word 3, "thnak", is not a word of recovery phrases: the nearest is "thank"')
  })

  test('K12 a missing word is missed, and a split one is named as well', () => {
    expect(wrong(sample.words.slice(1).join(' ')).message).toBe('there are 23 words, and a recovery phrase has 24')
    const split = wrong(withWord(1, 'le gal'))
    expect(split.word).toBe(1)
    expect(split.message).toMatch(/^there are 25 words, and a recovery phrase has 24; word 1, "le", is not/)
  })

  test('K12 words that do not belong together are refused, without quoting them', () => {
    const swapped = [...sample.words.slice(1, 2), ...sample.words.slice(0, 1), ...sample.words.slice(2)].join(' ')
    const error = wrong(swapped)
    expect(error.word).toBeUndefined()
    expect(error.message).toContain('their order')
    for (const word of new Set(sample.words.filter((each) => each !== 'year')))
      expect(error.message).not.toContain(word)
    expect(error.cause).toBeUndefined()
  })

  test('K12 two words swapped, or one replaced, are noticed but for one case in 256', () => {
    let unnoticed = 0
    for (let seed = 0; seed < 500; seed++) {
      const { words } = makeRecoveryPhrase(seededRandom(seed))
      const swapped = [words[1], words[0], ...words.slice(2)]
      if (words[0] === words[1]) continue
      try {
        readRecoveryPhrase(swapped.join(' '))
        unnoticed++
      } catch (error) {
        expect(error).toBeInstanceOf(RecoveryPhraseError)
      }
    }
    expect(unnoticed).toBeLessThan(12)
  })

  test('K12 any text is read or refused by name, in little time', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('utf16le')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        expect(wrong(text)).toBeInstanceOf(RecoveryPhraseError)
      }),
    )
    for (const text of ['', '  \n', 'x'.repeat(8000), 'x '.repeat(4000), '1 2 3', 'a'.repeat(10_000_000)]) {
      expect(wrong(text).message.length).toBeLessThan(250)
    }
  })

  test.each([
    ['aban', 'abandon'],
    ['abandom', 'abandon'],
    ['aband0n', 'abandon'],
    ['zooo', 'zoo'],
    ['lgeal', 'legal'],
    ['sausages', 'sausage'],
  ])('K12 %s is taken for %s', (typed, meant) => {
    expect(wrong(withWord(1, typed)).message).toContain(`"${meant}"`)
  })

  test('K12 of the list itself each word is its own nearest', () => {
    const list = ['cat', 'act', 'art']
    for (const word of list) expect(nearestWord(word, list)).toBe(word)
    expect(nearestWord('atc', list)).toBe('act')
  })
})

const sheet = {
  swarm: 'Studio Lisbon',
  person: 'Alice',
  madeAt: Date.UTC(2026, 0, 2, 23, 59),
  addresses: ['/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWbob', '/dns4/nas.example/tcp/4001'],
}

describe('K13 the printed sheet', () => {
  test('K13 says whose it is, of which swarm, from when, as which device, and where the swarm is', () => {
    const text = recoverySheet({ ...sheet, phrase: sample })
    for (const line of [
      'Swarm   Studio Lisbon',
      'Person  Alice',
      'Made    2026-01-02',
      `Device  ${recoveryKey(sample).device}`,
      '   1. legal       2. winner      3. thank       4. year',
      '  21. wave       22. sausage    23. worth      24. title',
      '  /ip4/192.0.2.1/tcp/4001/p2p/12D3KooWbob',
      'Keep it secret',
    ]) {
      expect(text.split('\n')).toContain(line)
    }
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(76)
  })

  test('K13 a name brings no lines of its own, and without addresses it says whom to ask', () => {
    const text = recoverySheet({ ...sheet, phrase: sample, addresses: [], swarm: 'Studio\n 1. abandon\u001b[2J' })
    expect(text).toContain('Swarm   Studio  1. abandon [2J\n')
    expect(text).toContain('Ask any member')
  })
})
