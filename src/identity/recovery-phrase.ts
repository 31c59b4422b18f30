import { hkdfSync } from 'node:crypto'

import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'

import { MurmurationError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import type { DeviceKey } from './device-key.ts'
import { deviceKeyFromSeed } from './device-key.ts'
import { nearestWord } from './nearest-word.ts'

/** The words of a phrase: 256 bits and a checksum of 8 (BIP39). */
export const PHRASE_WORDS = 24
const ENTROPY_BYTES = 32
/** More than a whole printed sheet has. */
const MAX_TEXT_LENGTH = 8192
/** As much of a wrong word as an error quotes. */
const MAX_QUOTED = 24
/** What people write before a word: `7`, `7.`, `(7)`, `#7:`. */
const NUMBERING = /^[#([]*\d{1,2}[.:)\]–-]*/u
const BETWEEN_WORDS = /[\s,;|]+/u
/** Accents and signs that can't be seen, once the text is decomposed. */
const MARKS = /[\p{M}\p{Cf}]/gu

const KEY_USE = 'murmuration recovery phrase 1'

const words: ReadonlySet<string> = new Set(wordlist)

/** A device of its person that exists on paper only. */
export interface RecoveryPhrase {
  /** 24 words of BIP39's English list. */
  readonly words: readonly string[]
  /** The 32 bytes that the words spell. Secret, as the words are. */
  readonly entropy: Uint8Array
}

/** The text is no recovery phrase: the message names what is wrong with it. */
export class RecoveryPhraseError extends MurmurationError {
  /** The place of the first word that can't be right, from 1, where it is known. */
  readonly word: number | undefined

  constructor(message: string, word?: number) {
    super('RECOVERY_PHRASE', message)
    this.word = word
  }
}

export function makeRecoveryPhrase(random: Random): RecoveryPhrase {
  return phraseOf(random.bytes(ENTROPY_BYTES))
}

/** @param entropy 32 bytes */
export function phraseOf(entropy: Uint8Array): RecoveryPhrase {
  return { words: entropyToMnemonic(entropy, wordlist).split(' '), entropy }
}

/**
 * Reads a phrase as people type it: in any case and spacing, in rows, numbered or not.
 * @throws RecoveryPhraseError
 */
export function readRecoveryPhrase(text: string): RecoveryPhrase {
  if (text.length > MAX_TEXT_LENGTH) throw new RecoveryPhraseError('this is far longer than a recovery phrase')
  const typed = wordsOf(text)
  if (typed.length === 0) throw new RecoveryPhraseError(`type the ${PHRASE_WORDS} words of the recovery phrase`)
  const at = typed.findIndex((word) => !words.has(word))
  const unknown = at === -1 ? undefined : unknownWord(typed[at] ?? '', at + 1)
  if (typed.length !== PHRASE_WORDS) {
    const count = typed.length === 1 ? 'is 1 word' : `are ${typed.length} words`
    const also = unknown === undefined ? '' : `; ${unknown}`
    const message = `there ${count}, and a recovery phrase has ${PHRASE_WORDS}${also}`
    throw new RecoveryPhraseError(message, unknown === undefined ? undefined : at + 1)
  }
  if (unknown !== undefined) throw new RecoveryPhraseError(unknown, at + 1)
  try {
    return { words: typed, entropy: mnemonicToEntropy(typed.join(' '), wordlist) }
  } catch {
    // Without the cause, which might quote more of the phrase than one wrong word.
    throw new RecoveryPhraseError(
      'each word is a word of recovery phrases, but together they are none: compare every word with the sheet, and their order',
    )
  }
}

/** The key of the device that a phrase is. It tells nothing of the phrase. */
export function recoveryKey({ entropy }: RecoveryPhrase): DeviceKey {
  return deviceKeyFromSeed(new Uint8Array(hkdfSync('sha256', entropy, new Uint8Array(0), KEY_USE, 32)))
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .split(BETWEEN_WORDS)
    .map((word) => word.replace(NUMBERING, '').replace(/^["'*.]+|["'*.]+$/gu, ''))
    .filter((word) => word !== '')
}

function unknownWord(word: string, place: number): string {
  const quoted = word.length <= MAX_QUOTED ? word : `${word.slice(0, MAX_QUOTED)}…`
  return `word ${place}, "${quoted}", is not a word of recovery phrases: the nearest is "${nearestWord(word, wordlist)}"`
}
