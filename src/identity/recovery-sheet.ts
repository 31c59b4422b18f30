import { toName } from './names.ts'
import type { RecoveryPhrase } from './recovery-phrase.ts'
import { recoveryKey } from './recovery-phrase.ts'

const COLUMNS = 4
/** The longest word of the list has 8 letters. */
const COLUMN_WIDTH = 10
/** More would not fit a page beside the words. */
const MAX_ADDRESSES = 8

export interface RecoverySheet {
  readonly phrase: RecoveryPhrase
  readonly swarm: string
  /** Whose phrase it is. */
  readonly person: string
  /** Wall milliseconds. */
  readonly madeAt: number
  /** Addresses of machines of the swarm, or a link: how a new machine finds it. */
  readonly addresses: readonly string[]
}

/** The text of a page to print and keep: lines of at most 76 characters, but for addresses and names. */
export function recoverySheet({ addresses, madeAt, person, phrase, swarm }: RecoverySheet): string {
  const found = addresses.slice(0, MAX_ADDRESSES).map((address) => `  ${toName(address)}`)
  return [
    'MURMURATION RECOVERY PHRASE',
    '',
    `Swarm   ${toName(swarm)}`,
    `Person  ${toName(person)}`,
    `Made    ${new Date(madeAt).toISOString().slice(0, 10)}`,
    `Device  ${recoveryKey(phrase).device}`,
    '',
    ...numberedRows(phrase.words),
    '',
    'What it is for',
    '  This phrase is one more device of yours, on paper. If you lose your',
    '  machines, give it to Murmuration on a new one: that machine then',
    '  belongs to you, with your role, and the lost ones can be removed.',
    '',
    'Keep it secret',
    '  Whoever reads these words can act as you in this swarm. Keep the page',
    '  where you keep your passport. Do not photograph it, send it, or type it',
    '  anywhere but into Murmuration. If somebody else may have seen it, remove',
    '  the device named above and make a new phrase.',
    '',
    'How a new machine finds the swarm',
    ...(found.length === 0 ? ['  Ask any member for the address of a machine of the swarm.'] : found),
    '',
  ].join('\n')
}

/** Rows of four, each word with its number, as `readRecoveryPhrase` takes them back. */
export function numberedRows(words: readonly string[]): string[] {
  const cells = words.map((word, index) => `${String(index + 1).padStart(2)}. ${word.padEnd(COLUMN_WIDTH)}`)
  const rows: string[] = []
  for (let at = 0; at < cells.length; at += COLUMNS)
    rows.push(
      `  ${cells
        .slice(at, at + COLUMNS)
        .join(' ')
        .trimEnd()}`,
    )
  return rows
}
