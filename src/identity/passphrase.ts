import { BadPassphraseError } from './key-errors.ts'

/** A passphrase is guessed offline by whoever has the disk; this only stops what is no passphrase at all. */
export const MIN_PASSPHRASE_LENGTH = 8
const MAX_PASSPHRASE_LENGTH = 1024

/**
 * A passphrase as a file, a variable or a person gives it: without the line end, composed as in RFC 8265, so that every
 * keyboard and system spells it alike.
 * @throws BadPassphraseError
 */
export function readPassphrase(text: string): string {
  const line = text.replace(/\r?\n$/, '').normalize('NFC')
  if (line === '') throw new BadPassphraseError('the passphrase is empty')
  if (line.length > MAX_PASSPHRASE_LENGTH) {
    throw new BadPassphraseError(`the passphrase is longer than ${MAX_PASSPHRASE_LENGTH} characters`)
  }
  if (/\p{Cc}/u.test(line)) throw new BadPassphraseError('the passphrase has to be one line of text')
  return line
}

/** @throws BadPassphraseError where it is no passphrase to begin with */
export function readNewPassphrase(text: string): string {
  const passphrase = readPassphrase(text)
  if (Array.from(passphrase).length < MIN_PASSPHRASE_LENGTH) {
    throw new BadPassphraseError(
      `the passphrase needs at least ${MIN_PASSPHRASE_LENGTH} characters: several words that do not belong together are best`,
    )
  }
  return passphrase
}
