import * as crypto from 'node:crypto'

import type { ICryptoInterface } from '@chainsafe/libp2p-noise'

const TAG_BYTES = 16
/** The DER that goes before a raw X25519 private and public key (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex')
const SPKI_HEAD = Buffer.from('302a300506032b656e032100', 'hex')

/** The part of sodium-native that is used; its published types lack it. */
export interface Sodium {
  crypto_aead_chacha20poly1305_ietf_encrypt(
    ciphertext: Uint8Array,
    message: Uint8Array,
    additional: Uint8Array | null,
    unused: null,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
  /** Throws where the tag does not match. */
  crypto_aead_chacha20poly1305_ietf_decrypt(
    message: Uint8Array,
    unused: null,
    ciphertext: Uint8Array,
    additional: Uint8Array | null,
    nonce: Uint8Array,
    key: Uint8Array,
  ): number
}

/**
 * Noise on native code where Node's own crypto lacks ChaCha20-Poly1305: Electron is built on BoringSSL, in which libp2p
 * falls back to a WebAssembly cipher of a quarter of the speed.
 */
export function nativeNoiseCrypto(sodium: Sodium, fallback: ICryptoInterface): ICryptoInterface {
  return {
    getHKDF: (chainingKey, material) => fallback.getHKDF(chainingKey, material),
    hashSHA256: (data) => crypto.createHash('sha256').update(data.subarray()).digest(),
    generateX25519KeyPair() {
      const pair = crypto.generateKeyPairSync('x25519', {
        publicKeyEncoding: { type: 'spki', format: 'der' },
        privateKeyEncoding: { type: 'pkcs8', format: 'der' },
      })
      return {
        publicKey: pair.publicKey.subarray(SPKI_HEAD.length),
        privateKey: pair.privateKey.subarray(PKCS8_HEAD.length),
      }
    },
    generateX25519KeyPairFromSeed(seed) {
      const der = crypto.createPublicKey(privateKeyOf(seed)).export({ type: 'spki', format: 'der' })
      return { publicKey: der.subarray(SPKI_HEAD.length), privateKey: seed }
    },
    generateX25519SharedKey(privateKey, publicKey) {
      return crypto.diffieHellman({
        privateKey: privateKeyOf(privateKey.subarray()),
        publicKey: crypto.createPublicKey({
          key: Buffer.concat([SPKI_HEAD, publicKey.subarray()]),
          format: 'der',
          type: 'spki',
        }),
      })
    },
    chaCha20Poly1305Encrypt(plaintext, nonce, additional, key) {
      const message = flat(plaintext)
      const ciphertext = Buffer.allocUnsafe(message.length + TAG_BYTES)
      sodium.crypto_aead_chacha20poly1305_ietf_encrypt(ciphertext, message, orNull(additional), null, nonce, key)
      return ciphertext
    },
    chaCha20Poly1305Decrypt(ciphertext, nonce, additional, key) {
      const sealed = flat(ciphertext)
      const message = Buffer.allocUnsafe(Math.max(0, sealed.length - TAG_BYTES))
      sodium.crypto_aead_chacha20poly1305_ietf_decrypt(message, null, sealed, orNull(additional), nonce, key)
      return message
    },
  }
}

function privateKeyOf(raw: Uint8Array): crypto.KeyObject {
  return crypto.createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, raw]), format: 'der', type: 'pkcs8' })
}

/** Whatever version of its list of chunks the library uses, this makes one piece of it. */
function flat(bytes: { subarray(): Uint8Array }): Uint8Array {
  return bytes.subarray()
}

function orNull(bytes: Uint8Array): Uint8Array | null {
  return bytes.length === 0 ? null : bytes
}
