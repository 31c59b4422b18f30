import { fromHex, toHex, utf8 } from '../base/bytes.ts'
import { sha256 } from '../base/hash.ts'
import type { DeviceId } from '../base/ids.ts'
import { parseDeviceId } from '../base/ids.ts'
import type { DeviceKey } from './device-key.ts'
import { deviceKeyFromSeed } from './device-key.ts'
import { DamagedKeyError, KeyStoreLostError, KeyTooNewError } from './key-errors.ts'
import type { KeyVault, VaultName } from './key-vault.ts'

/** More than the longest key file. */
export const MAX_KEY_FILE_BYTES = 4096

const HEAD = 'murmuration device key'
const VERSION = 1
const OPEN = /^[0-9a-f]{64}$/
const SEALED = new RegExp(
  `^(${HEAD} ${VERSION}\ndevice (12D3Koo[^\n]{45})\n(passphrase|key-store) ([!-~]{1,2048})\n)check ([0-9a-f]{16})\n$`,
)
const ANY_VERSION = new RegExp(`^${HEAD} ([1-9]\\d{0,8})\n`)

/** What a key file says: the key itself, or what it is sealed with. */
export type KeyFile =
  | { readonly rests: 'file'; readonly key: DeviceKey }
  | { readonly rests: VaultName; readonly device: DeviceId; readonly sealed: string }

/** The key as it lies in an owner-only file: its seed in hex. */
export function openKeyText(key: DeviceKey): string {
  return `${toHex(key.seed)}\n`
}

/** @throws KeyStoreUnavailableError */
export async function sealedKeyText(key: DeviceKey, vault: KeyVault): Promise<string> {
  const body = `${HEAD} ${VERSION}\ndevice ${key.device}\n${vault.name} ${await vault.seal(key.seed)}\n`
  return `${body}check ${checkOf(body)}\n`
}

/**
 * @param file named in errors
 * @throws DamagedKeyError, KeyTooNewError
 */
export function readKeyFile(text: string, file: string): KeyFile {
  const open = text.trim()
  if (OPEN.test(open)) return { rests: 'file', key: deviceKeyFromSeed(fromHex(open)) }
  if (Number(ANY_VERSION.exec(text)?.[1] ?? 0) > VERSION) throw new KeyTooNewError(file)
  const [, body = '', device = '', rests, sealed = '', check] = SEALED.exec(text) ?? []
  if ((rests !== 'passphrase' && rests !== 'key-store') || check !== checkOf(body)) throw new DamagedKeyError(file)
  try {
    return { rests, device: parseDeviceId(device), sealed }
  } catch (cause) {
    throw new DamagedKeyError(file, { cause })
  }
}

/**
 * The key of a file that is sealed with `vault`.
 * @throws WrongPassphraseError, KeyStoreUnavailableError, KeyStoreLostError, DamagedKeyError
 */
export async function unsealKey(
  sealed: Exclude<KeyFile, { readonly rests: 'file' }>,
  vault: KeyVault,
  file: string,
): Promise<DeviceKey> {
  const key = keyOf(await vault.unseal(sealed.sealed))
  if (key?.device === sealed.device) return key
  // What a key store seals is not always authenticated: under another secret it opens to something else.
  throw vault.name === 'key-store' ? new KeyStoreLostError() : new DamagedKeyError(file)
}

function keyOf(seed: Uint8Array): DeviceKey | undefined {
  return seed.length === 32 ? deviceKeyFromSeed(seed) : undefined
}

/** Tells damage from a wrong passphrase, which fail alike otherwise. */
function checkOf(body: string): string {
  return toHex(sha256(utf8(body)).subarray(0, 8))
}
