import { createCipheriv, createDecipheriv, scrypt } from 'node:crypto'
import { promisify } from 'node:util'

import { concatBytes, fromBase64url, toBase64url, utf8 } from '../base/bytes.ts'
import { InvalidInputError } from '../base/errors.ts'
import type { Random } from '../base/random.ts'
import { WrongPassphraseError } from './key-errors.ts'
import type { KeyVault } from './key-vault.ts'

/** 128 MiB and half a second for each guess, as OWASP's password storage sheet has it. */
const USUAL_COST = 17
/** 1 GiB: what one day may be usual; more in a file is no key of ours, and would take this machine's memory. */
const MAX_COST = 20
const MIN_COST = 10
const BLOCK_SIZE = 8
const SALT_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
const SEED_BYTES = 32
const CIPHER = 'aes-256-gcm'
const USE = utf8('murmuration device key 1')

/** As PHC strings are: `$scrypt$ln=17,r=8,p=1$salt$box`, the box being nonce, ciphertext and tag. */
const SEALED = /^\$scrypt\$ln=([1-9]\d?),r=8,p=1\$([A-Za-z0-9_-]{22})\$([A-Za-z0-9_-]{80})$/

const derive = promisify<string, Uint8Array, number, object, Buffer>(scrypt)

export interface PassphraseVaultOptions {
  readonly passphrase: string
  readonly random: Random
  /** Logarithm to base 2 of scrypt's N for what is sealed from now on. */
  readonly cost?: number | undefined
}

/** Seals with scrypt (RFC 7914) and AES-256-GCM; how costly a guess is stands beside what is sealed. */
export function passphraseVault({ cost = USUAL_COST, passphrase, random }: PassphraseVaultOptions): KeyVault {
  return {
    name: 'passphrase',
    async seal(seed) {
      const salt = random.bytes(SALT_BYTES)
      const nonce = random.bytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, await keyOf(passphrase, salt, cost), nonce).setAAD(USE)
      const box = concatBytes(nonce, cipher.update(seed), cipher.final(), cipher.getAuthTag())
      return `$scrypt$ln=${cost},r=${BLOCK_SIZE},p=1$${toBase64url(salt)}$${toBase64url(box)}`
    },
    async unseal(sealed) {
      const [, logarithm, salt = '', text = ''] = SEALED.exec(sealed) ?? []
      const written = Number(logarithm)
      if (!(written >= MIN_COST && written <= MAX_COST)) {
        throw new InvalidInputError(
          'the device key is sealed in a way that this version does not know: update Murmuration',
        )
      }
      const box = fromBase64url(text)
      const key = await keyOf(passphrase, fromBase64url(salt), written)
      const opened = createDecipheriv(CIPHER, key, box.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(USE)
        .setAuthTag(box.subarray(NONCE_BYTES + SEED_BYTES))
      const seed = opened.update(box.subarray(NONCE_BYTES, NONCE_BYTES + SEED_BYTES))
      try {
        opened.final()
      } catch {
        throw new WrongPassphraseError()
      }
      return new Uint8Array(seed)
    },
  }
}

async function keyOf(passphrase: string, salt: Uint8Array, cost: number): Promise<Uint8Array> {
  const N = 2 ** cost
  // Twice what the algorithm needs: Node counts a little more than its 128 · N · r bytes.
  const maxmem = 256 * N * BLOCK_SIZE
  return await derive(passphrase, salt, 32, { N, r: BLOCK_SIZE, p: 1, maxmem })
}
