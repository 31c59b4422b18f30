import { randomBytes } from 'node:crypto'

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { fromHex, toBase64url, toHex, utf8 } from '../../src/base/bytes.ts'
import { codeOf } from '../../src/base/errors.ts'
import { sha256 } from '../../src/base/hash.ts'
import { seededRandom, systemRandom } from '../../src/base/random.ts'
import { deviceKeyFromSeed } from '../../src/identity/device-key.ts'
import { MAX_KEY_FILE_BYTES, openKeyText, readKeyFile, sealedKeyText, unsealKey } from '../../src/identity/key-file.ts'
import type { KeyVault } from '../../src/identity/key-vault.ts'
import { passphraseVault } from '../../src/identity/passphrase-vault.ts'
import { readNewPassphrase, readPassphrase } from '../../src/identity/passphrase.ts'

const FILE = '/data/alice/device.key'
const PASSPHRASE = 'copper lantern tide'
/** A guess costs a millisecond. */
const CHEAP = 10

const bytesAsText = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'))

const alice = deviceKeyFromSeed(new Uint8Array(32).fill(7))

function vaultOf(passphrase = PASSPHRASE): KeyVault {
  return passphraseVault({ passphrase, random: systemRandom, cost: CHEAP })
}

async function opened(text: string, vault: KeyVault): Promise<string> {
  const found = readKeyFile(text, FILE)
  return toHex((found.rests === 'file' ? found.key : await unsealKey(found, vault, FILE)).seed)
}

async function failure(work: () => Promise<unknown>): Promise<string> {
  try {
    await work()
  } catch (error) {
    return codeOf(error)
  }
  return 'none'
}

/** The file with a check that fits, whatever its body says. */
function checked(body: string): string {
  return `${body}check ${toHex(sha256(utf8(body)).subarray(0, 8))}\n`
}

describe('K1 the key file', () => {
  test('K1 a key that lies open is its seed in hex, as ever', () => {
    expect(openKeyText(alice)).toBe(`${'07'.repeat(32)}\n`)
    expect(readKeyFile(openKeyText(alice), FILE)).toMatchObject({ rests: 'file', key: { device: alice.device } })
  })

  test('K1 a sealed key names its version, its device and what it is sealed with', async () => {
    const text = await sealedKeyText(alice, vaultOf())
    const [head, device, sealed, check, ...rest] = text.split('\n')
    expect(head).toBe('murmuration device key 1')
    expect(device).toBe(`device ${alice.device}`)
    expect(sealed).toMatch(/^passphrase \$scrypt\$ln=10,r=8,p=1\$[\w-]{22}\$[\w-]{80}$/)
    expect(check).toMatch(/^check [0-9a-f]{16}$/)
    expect(rest).toEqual([''])
    expect(text.length).toBeLessThan(MAX_KEY_FILE_BYTES)
    expect(readKeyFile(text, FILE)).toMatchObject({ rests: 'passphrase', device: alice.device })
  })

  test('K2 any sign that is changed, lost or added is damage, and never another key', async () => {
    const text = await sealedKeyText(alice, vaultOf())
    for (let at = 0; at < text.length; at++) {
      for (const damaged of [
        text.slice(0, at),
        text.slice(0, at) + text.slice(at + 1),
        `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`,
        `${text.slice(0, at)} ${text.slice(at)}`,
      ]) {
        expect(await failure(async () => readKeyFile(damaged, FILE))).toMatch(/^KEY_(DAMAGED|TOO_NEW)$/)
      }
    }
  })

  test('K2 any other text is damage that names the file', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), bytesAsText), (text) => {
        expect(() => readKeyFile(text, FILE)).toThrow(FILE)
      }),
    )
    for (const text of ['', '\n', 'garbage', '0'.repeat(63), 'G'.repeat(64), `murmuration device key 1\n`]) {
      expect(() => readKeyFile(text, FILE)).toThrow(expect.objectContaining({ code: 'KEY_DAMAGED' }))
    }
  })

  test('K2 a later version says that this one has to be updated', async () => {
    const text = (await sealedKeyText(alice, vaultOf())).replace('key 1\n', 'key 2\n')
    expect(() => readKeyFile(text, FILE)).toThrow(expect.objectContaining({ code: 'KEY_TOO_NEW' }))
  })

  test('K2 a seed of another device than the file names is not taken', async () => {
    const bob = deviceKeyFromSeed(new Uint8Array(32).fill(9))
    const text = await sealedKeyText(alice, vaultOf())
    const [, , sealed] = text.split('\n')
    const swapped = checked(`murmuration device key 1\ndevice ${bob.device}\n${sealed}\n`)
    expect(await failure(() => opened(swapped, vaultOf()))).toBe('KEY_DAMAGED')
  })
})

describe('K3 passphrases', () => {
  test('K3 what is sealed opens with its passphrase, and with none other', { timeout: 30_000 }, async () => {
    const phrase = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 })
    await fc.assert(
      fc.asyncProperty(seeds, phrase, phrase, async (seed, one, other) => {
        const key = deviceKeyFromSeed(seed)
        const text = await sealedKeyText(key, vaultOf(one))
        expect(await opened(text, vaultOf(one))).toBe(toHex(seed))
        if (one !== other) expect(await failure(() => opened(text, vaultOf(other)))).toBe('WRONG_PASSPHRASE')
      }),
      { numRuns: 60 },
    )
  })

  test('K3 the same key under the same passphrase is another text each time, which shows nothing of it', async () => {
    const texts = await Promise.all(Array.from({ length: 20 }, () => sealedKeyText(alice, vaultOf())))
    expect(new Set(texts).size).toBe(20)
    for (const text of texts) {
      expect(text).not.toContain(toHex(alice.seed))
      expect(text).not.toContain(toBase64url(alice.seed))
    }
  })

  test('K3 a guess costs 128 MiB unless told otherwise', async () => {
    const text = await passphraseVault({ passphrase: PASSPHRASE, random: seededRandom(1) }).seal(alice.seed)
    expect(text).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$/)
    expect(toHex(await vaultOf().unseal(text))).toBe(toHex(alice.seed))
  })

  test('K3 what another implementation of scrypt and AES-256-GCM sealed opens here', async () => {
    const text =
      '$scrypt$ln=10,r=8,p=1$AQIDBAUGBwgJCgsMDQ4PEA$ERITFBUWFxgZGhscag3JPeWOEt_cN9ibAXGf2ToM_co_51drKwAFvBumXqofEu0LvomTA_HS8N4HeRxJ'
    expect(toHex(await vaultOf().unseal(text))).toBe('07'.repeat(32))
  })

  test.each(['ln=9', 'ln=21', 'ln=99', 'ln=0', 'ln=017', 'ln=-1', 'ln=1e1'])(
    'K3 a cost of %s is refused before any memory is taken',
    async (cost) => {
      const text = (await vaultOf().seal(alice.seed)).replace('ln=10', cost)
      expect(await failure(() => vaultOf().unseal(text))).toBe('INVALID_INPUT')
    },
  )

  test('K3 any other text is refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await failure(() => vaultOf().unseal(text))).toBe('INVALID_INPUT')
      }),
    )
  })

  test('K4 the line end of a file is no part of it, and composed and decomposed letters are the same', () => {
    expect(readPassphrase('copper lantern\n')).toBe('copper lantern')
    expect(readPassphrase('copper lantern\r\n')).toBe('copper lantern')
    expect(readPassphrase(' spaces count ')).toBe(' spaces count ')
    expect(readPassphrase('cafe\u0301')).toBe(readPassphrase('caf\u00e9'))
  })

  test('K4 what is none is refused by its reason, without quoting it', () => {
    for (const text of ['', '\n', 'two\nlines', 'tab\there', 'x'.repeat(2000), 'nul\0']) {
      expect(() => readPassphrase(text)).toThrow(expect.objectContaining({ code: 'BAD_PASSPHRASE' }))
    }
    expect(() => readNewPassphrase('secret7')).toThrow(/at least 8 characters/)
    expect(() => readNewPassphrase('secret7')).not.toThrow(/secret7/)
    expect(readNewPassphrase('🐦'.repeat(8))).toBe('🐦'.repeat(8))
  })
})

describe('K5 key stores', () => {
  /** Seals as Chromium does on Linux: nothing tells that the secret is another one. */
  function keyStore(secret: Uint8Array): KeyVault {
    const mix = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => byte ^ (secret[index] ?? 0))
    return {
      name: 'key-store',
      seal: async (seed) => toHex(mix(seed)),
      unseal: async (sealed) => mix(fromHex(sealed)),
    }
  }

  test('K5 a key store that opens to something else has lost the secret', async () => {
    const text = await sealedKeyText(alice, keyStore(randomBytes(32)))
    expect(text).toContain('\nkey-store ')
    expect(await failure(() => opened(text, keyStore(randomBytes(32))))).toBe('KEY_STORE_LOST')
  })
})
