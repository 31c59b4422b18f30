import type { KeyStoreAnswer, KeyStoreRequest } from './peer-messages.ts'

/** What is asked of Electron's `safeStorage`. The tests' Electron does not tell the backend yet. */
export interface SafeStorage {
  isEncryptionAvailable(): boolean
  getSelectedStorageBackend?(): string
  encryptString(text: string): Buffer
  decryptString(sealed: Buffer): string
}

/**
 * Seals and opens the seed of the device key for the peer, with a secret in the system's key store: the Keychain, DPAPI, or
 * on Linux the Secret Service or KWallet. Once the app is ready.
 */
export function askKeyStore(storage: SafeStorage, { text, work }: KeyStoreRequest): KeyStoreAnswer {
  try {
    if (!isThere(storage)) return { kind: 'unavailable' }
    if (work === 'seal') return { kind: 'done', text: storage.encryptString(text).toString('base64url') }
  } catch {
    return { kind: 'unavailable' }
  }
  try {
    return { kind: 'done', text: storage.decryptString(Buffer.from(text, 'base64url')) }
  } catch {
    return { kind: 'lost' }
  }
}

/** With `basic_text` Chromium has no key store on Linux and takes a password that everybody knows. */
function isThere(storage: SafeStorage): boolean {
  return storage.isEncryptionAvailable() && storage.getSelectedStorageBackend?.() !== 'basic_text'
}
