import type { KeyObject } from 'node:crypto'
import { createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto'

import { ed25519 } from '@noble/curves/ed25519.js'

import { concatBytes, utf8 } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import type { DeviceKey } from './device-key.ts'
import { publicKeyOf } from './device-key.ts'

/** The DER that goes before a raw X25519 private or public key (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex')
const SPKI_HEAD = Buffer.from('302a300506032b656e032100', 'hex')

/** Keys of others that are kept in their X25519 form: converting one costs as much as twenty agreements. */
const MAX_CACHED_KEYS = 1024

/** A key pair for X25519 (RFC 7748). */
export interface AgreementKey {
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** 32 bytes that only both sides can make. @throws Error where the other key leaves no choice of secret */
  agree(publicKey: Uint8Array): Uint8Array
}

/** @param secret 32 random bytes */
export function agreementKeyFrom(secret: Uint8Array): AgreementKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, secret]), format: 'der', type: 'pkcs8' })
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return {
    publicKey: new Uint8Array(der.subarray(SPKI_HEAD.length)),
    agree: (publicKey) => new Uint8Array(diffieHellman({ privateKey, publicKey: parse(publicKey) })),
  }
}

function parse(publicKey: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: 'der', type: 'spki' })
}

const ownKeys = new WeakMap<DeviceKey, AgreementKey>()

/** The device's Ed25519 key in the form for X25519: the same secret number on the same curve. */
export function agreementKeyOf(key: DeviceKey): AgreementKey {
  const known = ownKeys.get(key)
  if (known !== undefined) return known
  const made = agreementKeyFrom(ed25519.utils.toMontgomerySecret(key.seed))
  ownKeys.set(key, made)
  return made
}

const publicKeys = new Map<DeviceId, Uint8Array>()

/** What another device agrees with, 32 bytes. @throws Error where the device id holds no point of the curve */
export function agreementPublicKeyOf(device: DeviceId): Uint8Array {
  const known = publicKeys.get(device)
  if (known !== undefined) return known
  const key = ed25519.utils.toMontgomery(publicKeyOf(device))
  if (publicKeys.size >= MAX_CACHED_KEYS) publicKeys.clear()
  publicKeys.set(device, key)
  return key
}

/**
 * A key of 32 bytes that only two devices can make, for one use and one direction.
 * @throws Error where the other device id holds no key
 */
export function pairKey(
  key: DeviceKey,
  other: DeviceId,
  options: { readonly use: string; readonly from: DeviceId; readonly to: DeviceId },
): Uint8Array {
  const secret = agreementKeyOf(key).agree(agreementPublicKeyOf(other))
  const salt = concatBytes(publicKeyOf(options.from), publicKeyOf(options.to))
  return new Uint8Array(hkdfSync('sha256', secret, salt, utf8(options.use), 32))
}
