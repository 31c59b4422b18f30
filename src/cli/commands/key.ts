import type { Command } from 'commander'

import { codeOf, MurmurationError } from '../../base/errors.ts'
import { BadPassphraseError } from '../../identity/key-errors.ts'
import { readNewPassphrase } from '../../identity/passphrase.ts'
import type { KeyRest, KeyVaults } from '../../peer/device-key-file.ts'
import { canAsk } from '../ask.ts'
import type { Invocation, Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { askNewPassphrase, passphraseIn } from '../passphrases.ts'

interface ProtectOptions {
  readonly newPassphraseFile?: string
}

const RESTS: Readonly<Record<KeyRest['rests'], string>> = {
  file: 'lies open in a file that only your account can read',
  passphrase: 'is under a passphrase',
  'key-store': "is sealed by the system's key store, which the desktop app asks",
}

export function addKey(program: Command, tools: Tools): void {
  const key = program
    .command('key')
    .summary('how this machine keeps its device key')
    .description('The device key is who this machine is. These commands say how it is kept, and change that.')
  const status = key
    .command('status')
    .description('Say how the device key of this folder is kept.')
    .action(async () => {
      const run = invocation(tools, status)
      show(run, await restOf(run))
    })
  const protect = key
    .command('protect')
    .option('--new-passphrase-file <file>', 'the file with the passphrase from now on, or - for standard input')
    .description(
      'Put the device key under a passphrase, or under another one, while no peer runs. Without a file it is asked for; --passphrase-file names the one of before, or for a key under none the new one.',
    )
    .action(async (options: ProtectOptions) => {
      const run = invocation(tools, protect)
      await atRest(run)
      const { rests } = await restOf(run)
      const vaults = await run.vaults()
      const newPassphrase = async () => await newPassphraseOf(run, options, rests === 'file' ? vaults : {})
      show(run, await run.peers.keys.protect(run.dataDirectory, { vaults, newPassphrase }))
    })
  const unprotect = key
    .command('unprotect')
    .description('Take the passphrase from the device key, while no peer runs.')
    .action(async () => {
      const run = invocation(tools, unprotect)
      await atRest(run)
      await restOf(run)
      show(run, await run.peers.keys.unprotect(run.dataDirectory, await run.vaults()))
    })
  withExamples(status, 'key status --json')
  withExamples(
    protect,
    'key protect',
    'key protect --new-passphrase-file /etc/murmuration/passphrase',
    'key protect --passphrase-file old.txt --new-passphrase-file new.txt',
  )
  withExamples(unprotect, 'key unprotect', 'key unprotect --passphrase-file /etc/murmuration/passphrase')
  withExamples(key, 'key status', 'key protect')
}

function show(run: Invocation, { device, rests }: KeyRest): void {
  run.printer.result({ device, rests }, () => `The device key of ${device} ${RESTS[rests]}.`)
}

async function restOf(run: Invocation): Promise<KeyRest> {
  const rest = await run.peers.keys.restOf(run.dataDirectory)
  if (rest !== undefined) return rest
  const how = `start Murmuration there first, with a passphrase if you like: ${run.next('up --passphrase-file FILE')}`
  throw new MurmurationError('NO_KEY', `There is no device key in ${run.dataDirectory} yet: ${how}`)
}

/** @throws MurmurationError RUNNING where a peer runs on the folder */
async function atRest(run: Invocation): Promise<void> {
  try {
    const client = await run.peers.connect(run.dataDirectory)
    client.dispose()
  } catch (error) {
    if (codeOf(error) === 'NOT_RUNNING') return
    throw error
  }
  throw new MurmurationError(
    'RUNNING',
    `A Murmuration is running on ${run.dataDirectory}. Stop it first: ${run.next('stop')}`,
  )
}

async function newPassphraseOf(
  { terminal }: Invocation,
  { newPassphraseFile: file }: ProtectOptions,
  { passphrase }: KeyVaults,
): Promise<string> {
  if (file !== undefined) return readNewPassphrase(await passphraseIn(terminal, file))
  if (passphrase !== undefined) return readNewPassphrase(passphrase)
  if (canAsk(terminal)) return await askNewPassphrase(terminal)
  throw new BadPassphraseError('no new passphrase was given: name its file with --new-passphrase-file')
}
