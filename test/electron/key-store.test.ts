import { join } from 'node:path'

import { describe, expect, test } from 'vitest'

import type { SafeStorage } from '../../electron/key-store.ts'
import { askKeyStore } from '../../electron/key-store.ts'
import { codeOf } from '../../src/base/errors.ts'
import { systemRandom } from '../../src/base/random.ts'
import { askedKeyVault } from '../../src/peer/asked-key-vault.ts'
import { keyRestOf, loadDeviceKey } from '../../src/peer/device-key-file.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const SECRET = 'one login keyring'

/** As Chromium seals on Linux, where nothing tells whether the secret is the right one. */
function storage(options: { readonly secret?: string; readonly backend?: string; readonly there?: boolean } = {}) {
  const { backend, secret = SECRET, there = true } = options
  const mix = (bytes: Buffer): Buffer =>
    Buffer.from(bytes.map((byte, i) => byte ^ secret.charCodeAt(i % secret.length)))
  const made: SafeStorage = {
    isEncryptionAvailable: () => there,
    encryptString: (text) => Buffer.concat([Buffer.from('v11'), mix(Buffer.from(text))]),
    decryptString: (sealed) => {
      if (sealed.subarray(0, 3).toString() !== 'v11') throw new Error('not sealed here')
      return mix(sealed.subarray(3)).toString()
    },
  }
  return backend === undefined ? made : { ...made, getSelectedStorageBackend: () => backend }
}

async function load(file: string, safeStorage: SafeStorage) {
  const keyStore = askedKeyVault(async (request) => await Promise.resolve(askKeyStore(safeStorage, request)))
  return await loadDeviceKey(file, { vaults: { keyStore }, random: systemRandom })
}

async function failure(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'none',
    (error: unknown) => codeOf(error),
  )
}

describe('K8 the desktop’s key store', () => {
  test.each([undefined, 'gnome_libsecret', 'kwallet5'])('K8 with the backend %s keeps the key', async (backend) => {
    const file = join(await temporaryFolder('key'), 'device.key')
    const kind = backend === undefined ? {} : { backend }
    const { key, liesOpen } = await load(file, storage(kind))
    expect(liesOpen).toBeUndefined()
    expect(await keyRestOf(file)).toEqual({ device: key.device, rests: 'key-store' })
    expect((await load(file, storage(kind))).key.device).toBe(key.device)
  })

  test('K8 with a password that everybody knows, or none, it is no key store', async () => {
    for (const none of [storage({ backend: 'basic_text' }), storage({ there: false })]) {
      const file = join(await temporaryFolder('key'), 'device.key')
      expect((await load(file, none)).liesOpen).toContain('no key store')
      expect(await keyRestOf(file)).toMatchObject({ rests: 'file' })
    }
  })

  test('K8 what it sealed is opened by none without its secret, and each reason has its name', async () => {
    const file = join(await temporaryFolder('key'), 'device.key')
    await load(file, storage())
    expect(await failure(load(file, storage({ secret: 'another one' })))).toBe('KEY_STORE_LOST')
    expect(await failure(load(file, storage({ there: false })))).toBe('KEY_STORE_UNAVAILABLE')
    expect(await failure(load(file, storage({ backend: 'basic_text' })))).toBe('KEY_STORE_UNAVAILABLE')
    const failing: SafeStorage = {
      ...storage(),
      decryptString: () => {
        throw new Error('Error while decrypting the ciphertext')
      },
    }
    expect(await failure(load(file, failing))).toBe('KEY_STORE_LOST')
  })

  test('K8 one that refuses to seal leaves the key in its file', async () => {
    const file = join(await temporaryFolder('key'), 'device.key')
    const refusing: SafeStorage = {
      ...storage(),
      encryptString: () => {
        throw new Error('the person said no')
      },
    }
    expect((await load(file, refusing)).liesOpen).toBeDefined()
  })
})
