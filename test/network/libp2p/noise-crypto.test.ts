import { randomBytes } from 'node:crypto'

import { pureJsCrypto } from '@chainsafe/libp2p-noise'
import sodium from 'sodium-native'
import { describe, expect, test } from 'vitest'

import type { Sodium } from '../../../src/network/libp2p/noise-crypto.ts'
import { nativeNoiseCrypto } from '../../../src/network/libp2p/noise-crypto.ts'

/** Inside Electron this side speaks to peers that use libp2p's own: each must read what the other wrote. */
describe('noise on native code', () => {
  const native = nativeNoiseCrypto(sodium as unknown as Sodium, pureJsCrypto)
  const key = randomBytes(32)
  const nonce = randomBytes(12)

  test.each([0, 1, 1199, 1200, 65_519])('N4 both ciphers read each other, %i bytes', (size) => {
    const text = randomBytes(size)
    for (const additional of [new Uint8Array(0), randomBytes(32)]) {
      const mine = native.chaCha20Poly1305Encrypt(text, nonce, additional, key)
      const theirs = pureJsCrypto.chaCha20Poly1305Encrypt(text, nonce, additional, key)
      expect(hex(mine)).toBe(hex(theirs))
      expect(hex(native.chaCha20Poly1305Decrypt(theirs, nonce, additional, key))).toBe(text.toString('hex'))
    }
  })

  test('N4 changed bytes are refused', () => {
    const sealed = Buffer.from(
      native.chaCha20Poly1305Encrypt(randomBytes(100), nonce, new Uint8Array(0), key).subarray(),
    )
    sealed[50] = (sealed[50] ?? 0) ^ 1
    expect(() => native.chaCha20Poly1305Decrypt(sealed, nonce, new Uint8Array(0), key)).toThrow()
    expect(() => native.chaCha20Poly1305Decrypt(sealed.subarray(0, 7), nonce, new Uint8Array(0), key)).toThrow()
  })

  test('N4 both agree on keys and hashes', () => {
    const seed = randomBytes(32)
    const mine = native.generateX25519KeyPair()
    const theirs = pureJsCrypto.generateX25519KeyPair()
    expect(hex(native.generateX25519SharedKey(mine.privateKey, theirs.publicKey))).toBe(
      hex(pureJsCrypto.generateX25519SharedKey(theirs.privateKey, mine.publicKey)),
    )
    expect(hex(native.generateX25519KeyPairFromSeed(seed).publicKey)).toBe(
      hex(pureJsCrypto.generateX25519KeyPairFromSeed(seed).publicKey),
    )
    expect(hex(native.hashSHA256(seed))).toBe(hex(pureJsCrypto.hashSHA256(seed)))
    expect(native.getHKDF(seed, seed).map(hex)).toEqual(pureJsCrypto.getHKDF(seed, seed).map(hex))
  })
})

function hex(bytes: { subarray(): Uint8Array }): string {
  return Buffer.from(bytes.subarray()).toString('hex')
}
