import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'

import { fromBase64url, toBase64url } from '../../src/base/bytes.ts'
import { KeyStoreLostError, KeyStoreUnavailableError } from '../../src/identity/key-errors.ts'
import type { KeyVault } from '../../src/identity/key-vault.ts'

/** A key store that keeps its secret in a file elsewhere; an empty file is one that does not answer. */
export function fileVault(file: string): KeyVault {
  const secret = async (): Promise<Buffer> => {
    const bytes = await readFile(file).catch(() => undefined)
    if (bytes?.length === 0) throw new KeyStoreUnavailableError()
    if (bytes !== undefined) return bytes
    const fresh = randomBytes(32)
    await writeFile(file, fresh)
    return fresh
  }
  return {
    name: 'key-store',
    async seal(seed) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', await secret(), nonce)
      return toBase64url(Buffer.concat([nonce, cipher.update(seed), cipher.final(), cipher.getAuthTag()]))
    },
    async unseal(sealed) {
      const box = fromBase64url(sealed)
      const opened = createDecipheriv('aes-256-gcm', await secret(), box.subarray(0, 12)).setAuthTag(box.subarray(-16))
      const seed = opened.update(box.subarray(12, -16))
      try {
        opened.final()
      } catch (cause) {
        throw new KeyStoreLostError({ cause })
      }
      return new Uint8Array(seed)
    },
  }
}
