import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'

import { codeOf, messageOf } from '../base/errors.ts'
import { BadPassphraseError } from '../identity/key-errors.ts'
import { readNewPassphrase, readPassphrase } from '../identity/passphrase.ts'
import type { KeyVaults } from '../peer/device-key-file.ts'
import { canAsk } from './ask.ts'
import { askSecret } from './secret.ts'
import { readInput } from './standard-input.ts'
import type { Terminal } from './terminal.ts'

/**
 * What opens the device key: the passphrase of `file` or of MURMURATION_PASSPHRASE, or somebody who types it.
 * @throws BadPassphraseError
 */
export async function keyVaults(terminal: Terminal, file: string | undefined): Promise<KeyVaults> {
  const variable = terminal.env['MURMURATION_PASSPHRASE'] ?? ''
  if (file !== undefined) return { passphrase: await passphraseIn(terminal, file) }
  if (variable !== '') return { passphrase: readPassphrase(variable) }
  return canAsk(terminal) ? { askPassphrase: async (attempt) => await askPassphrase(terminal, attempt) } : {}
}

/**
 * The passphrase in a file, or on standard input where that is a dash.
 * @throws BadPassphraseError
 */
export async function passphraseIn(terminal: Terminal, file: string): Promise<string> {
  if (file === '-') return readPassphrase(await readInput(terminal))
  let text: string
  try {
    text = await readFile(resolve(terminal.workingDirectory, file), 'utf8')
  } catch (error) {
    const why = codeOf(error) === 'ENOENT' ? 'there is none' : messageOf(error)
    throw new BadPassphraseError(`the passphrase file ${file} cannot be read: ${why}`)
  }
  return readPassphrase(text)
}

/** @throws BadPassphraseError, AbortedError */
export async function askPassphrase(terminal: Terminal, attempt: number): Promise<string> {
  const again = attempt === 1 ? '' : 'That is not it. '
  return readPassphrase(await askSecret(terminal, `${again}Passphrase of the device key: `))
}

/** @throws BadPassphraseError, AbortedError */
export async function askNewPassphrase(terminal: Terminal): Promise<string> {
  const first = readNewPassphrase(await askSecret(terminal, 'New passphrase: '))
  const second = await askSecret(terminal, 'Once more: ')
  if (readPassphrase(second) !== first) throw new BadPassphraseError('the two are not the same: nothing was changed')
  return first
}
