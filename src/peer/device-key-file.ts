import { open, readdir, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import { bytesEqual, toHex } from '../base/bytes.ts'
import { codeOf } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import type { DeviceKey } from '../identity/device-key.ts'
import { deviceKeyFromSeed } from '../identity/device-key.ts'
import {
  DamagedKeyError,
  KeyExposedError,
  KeyInKeyStoreError,
  KeyStoreLostError,
  KeyStoreUnavailableError,
  PassphraseNeededError,
  WrongPassphraseError,
} from '../identity/key-errors.ts'
import type { KeyFile } from '../identity/key-file.ts'
import { MAX_KEY_FILE_BYTES, openKeyText, readKeyFile, sealedKeyText, unsealKey } from '../identity/key-file.ts'
import type { KeyVault } from '../identity/key-vault.ts'
import { passphraseVault } from '../identity/passphrase-vault.ts'
import { createDurably, writeDurably } from './durable-file.ts'

/** In the data folder. */
export const KEY_FILE = 'device.key'
/** A person mistypes; a fourth time the passphrase is another one. */
const MAX_ASKED = 3
const BY_OTHERS = 0o077

/** What a device key may be sealed with on this machine. */
export interface KeyVaults {
  /** The system's key store: a key rests there wherever it answers. */
  readonly keyStore?: KeyVault
  /** A new key is put under it. */
  readonly passphrase?: string
  /** Asks a person for the passphrase, where none was given. @param attempt counts from 1 */
  readonly askPassphrase?: (attempt: number) => Promise<string>
}

export interface LoadedKey {
  readonly key: DeviceKey
  /** What it is sealed with; undefined: it lies open in an owner-only file. */
  readonly vault: KeyVault | undefined
  /** Why it lies open though it was meant not to, in a sentence. */
  readonly liesOpen: string | undefined
}

export interface KeyRest {
  readonly device: DeviceId
  readonly rests: KeyFile['rests']
}

interface Surroundings {
  readonly vaults: KeyVaults
  readonly random: Random
  /** Of a guess at what is put under a passphrase now, as `passphraseVault` has it. */
  readonly cost?: number | undefined
}

/**
 * The device key of a data folder, which is made on first use. One that lies open moves into the key store.
 * @throws DamagedKeyError, KeyTooNewError, KeyExposedError, PassphraseNeededError, WrongPassphraseError,
 * KeyInKeyStoreError, KeyStoreUnavailableError, KeyStoreLostError
 */
export async function loadDeviceKey(file: string, { cost, random, vaults }: Surroundings): Promise<LoadedKey> {
  const found = await readKeyFileAt(file)
  if (found === undefined) return await makeKey(file, { vaults, random, cost })
  if (found.rests !== 'file') {
    await removeTraces(file)
    return { ...(await openSealed(found, file, { vaults, random, cost })), liesOpen: undefined }
  }
  const { key } = found
  const { keyStore, passphrase } = vaults
  if (keyStore === undefined) {
    return { key, vault: undefined, liesOpen: passphrase === undefined ? undefined : NOT_UNDER_PASSPHRASE }
  }
  const text = await textSealedBy(keyStore, key, file)
  if (text === undefined) return { key, vault: undefined, liesOpen: noKeyStore(file) }
  await writeDurably(file, text)
  await removeTraces(file)
  return { key, vault: keyStore, liesOpen: undefined }
}

/** Replaces the key of a file by a new one, sealed with `vault` or lying open as the one before. */
export async function renewDeviceKey(
  file: string,
  { random, vault }: { readonly random: Random; readonly vault: KeyVault | undefined },
): Promise<DeviceKey> {
  const key = deviceKeyFromSeed(random.bytes(32))
  await writeDurably(file, vault === undefined ? openKeyText(key) : await sealedKeyText(key, vault))
  return key
}

/** What a key file rests with; undefined where there is none. Opens nothing. */
export async function keyRestOf(file: string): Promise<KeyRest | undefined> {
  const found = await readKeyFileAt(file)
  return found && restOf(found)
}

/**
 * Puts the key under a passphrase, which is asked for once the key is open, or under it instead of an earlier one.
 * Whenever this ends, the file is whole.
 * @throws DamagedKeyError where there is none, and as `loadDeviceKey`
 */
export async function protectKey(
  file: string,
  { cost, newPassphrase, random, vaults }: Surroundings & { readonly newPassphrase: () => Promise<string> },
): Promise<KeyRest> {
  const key = await presentKey(file, { vaults, random })
  const passphrase = await newPassphrase()
  const text = await textSealedBy(passphraseVault({ passphrase, random, cost }), key, file)
  if (text === undefined) throw new DamagedKeyError(file)
  await writeDurably(file, text)
  await removeTraces(file)
  return { device: key.device, rests: 'passphrase' }
}

/** Takes the passphrase away: the key lies in an owner-only file from now on. */
export async function unprotectKey(file: string, surroundings: Surroundings): Promise<KeyRest> {
  const key = await presentKey(file, surroundings)
  await writeDurably(file, openKeyText(key))
  return { device: key.device, rests: 'file' }
}

async function presentKey(file: string, surroundings: Surroundings): Promise<DeviceKey> {
  const found = await readKeyFileAt(file)
  if (found === undefined) throw new DamagedKeyError(file)
  return found.rests === 'file' ? found.key : (await openSealed(found, file, surroundings)).key
}

async function makeKey(file: string, { cost, random, vaults }: Surroundings): Promise<LoadedKey> {
  const { keyStore, passphrase } = vaults
  const key = deviceKeyFromSeed(random.bytes(32))
  const vault = keyStore ?? (passphrase === undefined ? undefined : passphraseVault({ passphrase, random, cost }))
  const sealed = vault && (await textSealedBy(vault, key, file))
  const isOurs = await createDurably(file, sealed ?? openKeyText(key), toHex(random.bytes(8)))
  // Another process was quicker: its key is the one.
  if (!isOurs) return await loadDeviceKey(file, { vaults, random, cost })
  if (sealed !== undefined) return { key, vault, liesOpen: undefined }
  return { key, vault: undefined, liesOpen: vault === undefined ? undefined : noKeyStore(file) }
}

/** The text of a key file that was seen to open again, or undefined where the vault is none that seals. */
async function textSealedBy(vault: KeyVault, key: DeviceKey, file: string): Promise<string | undefined> {
  try {
    const text = await sealedKeyText(key, vault)
    const read = readKeyFile(text, file)
    if (read.rests === 'file') return undefined
    return bytesEqual((await unsealKey(read, vault, file)).seed, key.seed) ? text : undefined
  } catch (error) {
    if (error instanceof KeyStoreUnavailableError || error instanceof KeyStoreLostError) return undefined
    throw error
  }
}

async function openSealed(
  found: Exclude<KeyFile, { readonly rests: 'file' }>,
  file: string,
  { cost, random, vaults }: Surroundings,
): Promise<{ readonly key: DeviceKey; readonly vault: KeyVault }> {
  const openWith = async (vault: KeyVault) => ({ key: await unsealKey(found, vault, file), vault })
  const { askPassphrase, keyStore, passphrase: given } = vaults
  if (found.rests === 'key-store') {
    if (keyStore === undefined) throw new KeyInKeyStoreError(file)
    return await openWith(keyStore)
  }
  if (given !== undefined) return await openWith(passphraseVault({ passphrase: given, random, cost }))
  if (askPassphrase === undefined) throw new PassphraseNeededError(file)
  for (let attempt = 1; ; attempt++) {
    const passphrase = await askPassphrase(attempt)
    try {
      return await openWith(passphraseVault({ passphrase, random, cost }))
    } catch (error) {
      if (!(error instanceof WrongPassphraseError) || attempt === MAX_ASKED) throw error
    }
  }
}

async function readKeyFileAt(file: string): Promise<KeyFile | undefined> {
  let handle
  try {
    handle = await open(file, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const { mode, size } = await handle.stat()
    // Windows keeps no such mode; there the folder is in the owner's profile.
    if (process.platform !== 'win32' && (mode & BY_OTHERS) !== 0) throw new KeyExposedError(file)
    if (size > MAX_KEY_FILE_BYTES) throw new DamagedKeyError(file)
    return readKeyFile(await handle.readFile('utf8'), file)
  } finally {
    await handle.close()
  }
}

/** What was written on the way to an earlier file, and not tidied up because the machine went down: it may lie open. */
async function removeTraces(file: string): Promise<void> {
  const name = basename(file)
  for (const entry of await readdir(dirname(file))) {
    if (entry.startsWith(`${name}.`) && entry.endsWith('.new')) await rm(join(dirname(file), entry), { force: true })
  }
}

function restOf(found: KeyFile): KeyRest {
  return { device: found.rests === 'file' ? found.key.device : found.device, rests: found.rests }
}

const NOT_UNDER_PASSPHRASE =
  'A passphrase was given, but the key of this machine is under none: anyone who can read its file, or a backup of it, can act as this machine. Stop it and run "murmuration key protect" to put the key under a passphrase.'

function noKeyStore(file: string): string {
  return `This system offers no key store, so the key of this machine is not sealed: it lies in ${file}, which only your account can read. On Linux, a running login keyring (GNOME Keyring or KWallet) is one; the key moves there when Murmuration starts next.`
}
