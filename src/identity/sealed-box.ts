import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'

import { concatBytes, utf8 } from '../base/bytes.ts'
import { InvalidInputError } from '../base/errors.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import type { DeviceKey } from './device-key.ts'
import { deviceIdOf, publicKeyOf, verifySignature } from './device-key.ts'
import { agreementKeyFrom, agreementKeyOf, agreementPublicKeyOf } from './key-agreement.ts'

const VERSION = 1
const KEY_BYTES = 32
const NONCE_BYTES = 12
const AUTHENTICATION_BYTES = 16
const SIGNATURE_BYTES = 64
const LENGTH_BYTES = 4
/** Version and the key of this one box. */
const HEAD_BYTES = 1 + KEY_BYTES
/** Sender, signature, length of the content. */
const INNER_HEAD_BYTES = KEY_BYTES + SIGNATURE_BYTES + LENGTH_BYTES

/** By how much a box is longer than the size class that its content was filled up to. */
export const SEALED_BOX_OVERHEAD = HEAD_BYTES + INNER_HEAD_BYTES + AUTHENTICATION_BYTES

/** What a box is made for. Both sides have to say the same. */
export interface BoxForm {
  /** A name of the use, at most 255 bytes: a box for one use does not open for another. */
  readonly use: string
  /** Lengths that contents are filled up to, rising: a box's length says no more than which of them. */
  readonly classes: readonly number[]
}

/** What was in a box, and the device that is proven to have sealed it for this one. */
export interface OpenedBox {
  readonly from: DeviceId
  readonly content: Uint8Array
}

/**
 * Seals `content` so that only the device `to` can open it, and learns who sealed it (rules B1 to B5 in SPEC.md): X25519
 * with a key of this box alone, HKDF-SHA-256, AES-256-GCM; inside, the sender's signature.
 * @throws InvalidInputError for a content above the largest class, and for a device id that holds no key
 */
export function sealBox(options: {
  readonly key: DeviceKey
  readonly to: DeviceId
  readonly content: Uint8Array
  readonly form: BoxForm
  readonly random: Random
}): Uint8Array {
  const { content, form, key, to } = options
  const size = form.classes.find((each) => each >= content.length)
  if (size === undefined) throw new InvalidInputError(`${content.length} bytes are too many to be sealed at once`)
  const own = agreementKeyFrom(options.random.bytes(KEY_BYTES))
  let secret: Uint8Array
  try {
    secret = own.agree(agreementPublicKeyOf(to))
  } catch (error) {
    throw new InvalidInputError(`nothing can be sealed to the device ${to}`, { cause: error })
  }
  const inner = new Uint8Array(INNER_HEAD_BYTES + size)
  inner.set(key.publicKey)
  inner.set(key.sign(statement(to, own.publicKey, content, form)), KEY_BYTES)
  viewOf(inner).setUint32(KEY_BYTES + SIGNATURE_BYTES, content.length)
  inner.set(content, INNER_HEAD_BYTES)
  const head = concatBytes(Uint8Array.of(VERSION), own.publicKey)
  const { cipherKey, nonce } = derive(secret, own.publicKey, to, form)
  const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce).setAAD(head)
  return concatBytes(head, cipher.update(inner), cipher.final(), cipher.getAuthTag())
}

/** What is in a box that was sealed for this device; `undefined` for anything else. Never throws. */
export function openBox(options: {
  readonly key: DeviceKey
  readonly box: Uint8Array
  readonly form: BoxForm
}): OpenedBox | undefined {
  const { box, form, key } = options
  if (box[0] !== VERSION || !form.classes.includes(box.length - SEALED_BOX_OVERHEAD)) return undefined
  const boxKey = box.subarray(1, HEAD_BYTES)
  try {
    return readInner(decrypt(box, boxKey, options), boxKey, key.device, form)
  } catch {
    // Not for this device, not for this use, or damaged: nobody can tell which.
    return undefined
  }
}

function decrypt(
  box: Uint8Array,
  boxKey: Uint8Array,
  { form, key }: { readonly key: DeviceKey; readonly form: BoxForm },
): Uint8Array {
  const { cipherKey, nonce } = derive(agreementKeyOf(key).agree(boxKey), boxKey, key.device, form)
  const decipher = createDecipheriv('aes-256-gcm', cipherKey, nonce, { authTagLength: AUTHENTICATION_BYTES })
  decipher.setAAD(box.subarray(0, HEAD_BYTES)).setAuthTag(box.subarray(-AUTHENTICATION_BYTES))
  return concatBytes(decipher.update(box.subarray(HEAD_BYTES, -AUTHENTICATION_BYTES)), decipher.final())
}

/** Strict: there is one way to fill up a content, so that a box can't carry anything beside it. */
function readInner(inner: Uint8Array, boxKey: Uint8Array, to: DeviceId, form: BoxForm): OpenedBox | undefined {
  const size = inner.length - INNER_HEAD_BYTES
  const length = viewOf(inner).getUint32(KEY_BYTES + SIGNATURE_BYTES)
  if (form.classes.find((each) => each >= length) !== size) return undefined
  const padding = inner.subarray(INNER_HEAD_BYTES + length)
  if (padding.some((byte) => byte !== 0)) return undefined
  const sender = inner.subarray(0, KEY_BYTES)
  const content = new Uint8Array(inner.subarray(INNER_HEAD_BYTES, INNER_HEAD_BYTES + length))
  const signature = inner.subarray(KEY_BYTES, KEY_BYTES + SIGNATURE_BYTES)
  if (!verifySignature(sender, statement(to, boxKey, content, form), signature)) return undefined
  return { from: deviceIdOf(sender), content }
}

/**
 * What the sender signs. It names the recipient and the box's own key: so a recipient can't pass the content on as if it
 * had been sealed for somebody else, nor put it into another box.
 */
function statement(to: DeviceId, boxKey: Uint8Array, content: Uint8Array, form: BoxForm): Uint8Array {
  const use = utf8(form.use)
  const name = utf8('murmuration sealed box 1')
  return concatBytes(name, Uint8Array.of(use.length), use, publicKeyOf(to), boxKey, content)
}

/** Key and nonce of one box: its secret is of this box alone, so neither is ever used twice. */
function derive(
  secret: Uint8Array,
  boxKey: Uint8Array,
  to: DeviceId,
  form: BoxForm,
): { readonly cipherKey: Uint8Array; readonly nonce: Uint8Array } {
  const salt = concatBytes(boxKey, publicKeyOf(to))
  const info = utf8(`murmuration sealed box 1 ${form.use}`)
  const bytes = new Uint8Array(hkdfSync('sha256', secret, salt, info, KEY_BYTES + NONCE_BYTES))
  return { cipherKey: bytes.subarray(0, KEY_BYTES), nonce: bytes.subarray(KEY_BYTES) }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
