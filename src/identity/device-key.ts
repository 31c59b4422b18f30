import type { KeyObject } from 'node:crypto'
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'

import { base58btc } from 'multiformats/bases/base58'

import { concatBytes, toHex } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import { parseDeviceId } from '../base/ids.ts'

/** The DER that goes before a raw Ed25519 seed or public key (RFC 8410). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex')
/** A libp2p peer id is the identity multihash of the protobuf-wrapped public key (libp2p specs, peer-ids). */
const PEER_ID_HEAD = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)

/** Public keys that are kept in each spelling: parsing costs as much as verifying. */
const MAX_CACHED_KEYS = 4096

/** A device's Ed25519 key pair: who it is in every swarm and on the network. */
export interface DeviceKey {
  readonly device: DeviceId
  /** 32 bytes. */
  readonly publicKey: Uint8Array
  /** 32 bytes; never leaves this machine. */
  readonly seed: Uint8Array
  /** 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array
}

/** @param seed 32 random bytes */
export function deviceKeyFromSeed(seed: Uint8Array): DeviceKey {
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, seed]), format: 'der', type: 'pkcs8' })
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  const publicKey = new Uint8Array(der.subarray(SPKI_HEAD.length))
  return {
    device: deviceIdOf(publicKey),
    publicKey,
    seed,
    sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
  }
}

/** @param publicKey 32 bytes */
export function deviceIdOf(publicKey: Uint8Array): DeviceId {
  return parseDeviceId(base58btc.baseEncode(concatBytes(PEER_ID_HEAD, publicKey)))
}

const publicKeys = new Map<DeviceId, Uint8Array>()

/** The 32 bytes of public key that a device id holds; to be left as they are. */
export function publicKeyOf(device: DeviceId): Uint8Array {
  const known = publicKeys.get(device)
  if (known !== undefined) return known
  const key = base58btc.baseDecode(device).subarray(PEER_ID_HEAD.length)
  if (publicKeys.size >= MAX_CACHED_KEYS) publicKeys.clear()
  publicKeys.set(device, key)
  return key
}

const parsedKeys = new Map<string, KeyObject>()

function parsePublicKey(publicKey: Uint8Array): KeyObject {
  const name = toHex(publicKey)
  const known = parsedKeys.get(name)
  if (known !== undefined) return known
  const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, publicKey]), format: 'der', type: 'spki' })
  if (parsedKeys.size >= MAX_CACHED_KEYS) parsedKeys.clear()
  parsedKeys.set(name, key)
  return key
}

export type Verify = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => boolean

/** Whether `signature` was made over `bytes` by the key; false for malformed keys and signatures, too. */
export const verifySignature: Verify = (publicKey, bytes, signature) => {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  try {
    return verify(null, bytes, parsePublicKey(publicKey), signature)
  } catch {
    return false
  }
}
