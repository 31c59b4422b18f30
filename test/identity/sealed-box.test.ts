import { createCipheriv, hkdfSync } from 'node:crypto'

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { concatBytes, toHex, utf8 } from '../../src/base/bytes.ts'
import { InvalidInputError } from '../../src/base/errors.ts'
import { seededRandom } from '../../src/base/random.ts'
import { deviceIdOf, deviceKeyFromSeed } from '../../src/identity/device-key.ts'
import { agreementKeyFrom, agreementKeyOf, agreementPublicKeyOf, pairKey } from '../../src/identity/key-agreement.ts'
import { openBox, SEALED_BOX_OVERHEAD, sealBox } from '../../src/identity/sealed-box.ts'

const random = seededRandom(1)
const alice = deviceKeyFromSeed(random.bytes(32))
const bob = deviceKeyFromSeed(random.bytes(32))
const carol = deviceKeyFromSeed(random.bytes(32))
const form = { use: 'test', classes: [16, 64, 1024] }

const seal = (content: Uint8Array, to = bob.device, key = alice): Uint8Array =>
  sealBox({ key, to, content, form, random })
const open = (box: Uint8Array, key = bob): ReturnType<typeof openBox> => openBox({ key, box, form })

const contents = fc.uint8Array({ maxLength: 1024 })

describe('a sealed box', () => {
  test('B1 opens to the device that it was sealed for, with its content and its sender', () => {
    fc.assert(
      fc.property(contents, (content) => {
        expect(open(seal(content))).toEqual({ from: alice.device, content })
      }),
    )
  })

  test('B1 opens to nobody else, the sender included', () => {
    const box = seal(utf8('hello'))
    expect(open(box, carol)).toBeUndefined()
    expect(open(box, alice)).toBeUndefined()
  })

  test('B1 is never the same twice, and shows nothing of content, sender or recipient', () => {
    const content = random.bytes(16)
    const [one, two] = [toHex(seal(content)), toHex(seal(content))]
    expect(one).not.toBe(two)
    for (const secret of [content, alice.publicKey, bob.publicKey, agreementPublicKeyOf(bob.device)]) {
      expect(one).not.toContain(toHex(secret))
    }
  })

  test('B1 seals to a device’s own key', () => {
    const content = utf8('to myself')
    expect(open(seal(content, alice.device), alice)).toEqual({ from: alice.device, content })
  })

  test('B2 is as long as the smallest class that holds the content, whatever the content is', () => {
    const lengths = [0, 1, 16, 17, 64, 65, 1024].map((length) => seal(random.bytes(length)).length)
    expect(lengths.map((length) => length - SEALED_BOX_OVERHEAD)).toEqual([16, 16, 16, 64, 64, 1024, 1024])
    expect(() => seal(new Uint8Array(1025))).toThrow(InvalidInputError)
  })

  test('B3 does not open once any bit of it was changed', () => {
    const box = seal(utf8('pay carol 10'))
    for (let bit = 0; bit < box.length * 8; bit++) {
      const changed = new Uint8Array(box)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(open(changed), `bit ${bit}`).toBeUndefined()
    }
  })

  test('B3 does not open cut short, longer, or joined from two', () => {
    const box = seal(utf8('one'))
    const other = seal(utf8('two'))
    for (let length = 0; length < box.length; length++) expect(open(box.subarray(0, length))).toBeUndefined()
    expect(open(concatBytes(box, Uint8Array.of(0)))).toBeUndefined()
    for (const at of [2, 33, 97, box.length - 16]) {
      expect(open(concatBytes(box.subarray(0, at), other.subarray(at)))).toBeUndefined()
    }
  })

  test('B3 bytes of any kind never make it throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 300 }), boxShaped(16), boxShaped(64)),
        (bytes) => open(bytes) === undefined,
      ),
    )
  })

  test('B3 keys without any choice of secret open nothing, and nothing is sealed to them', () => {
    for (const first of [0, 1]) {
      const weak = new Uint8Array(32)
      weak[0] = first
      expect(open(concatBytes(Uint8Array.of(1), weak, new Uint8Array(SEALED_BOX_OVERHEAD - 33 + 16)))).toBeUndefined()
      expect(() => seal(utf8('x'), deviceIdOf(weak))).toThrow(InvalidInputError)
    }
    expect(() => seal(utf8('x'), deviceIdOf(new Uint8Array(32).fill(0xff)))).toThrow(InvalidInputError)
  })

  test('B3 does not open for another use', () => {
    const box = seal(utf8('hello'))
    expect(openBox({ key: bob, box, form: { ...form, use: 'other' } })).toBeUndefined()
  })

  test('B3 opens filled up in one way only', () => {
    const content = utf8('hello')
    expect(open(forge({ content }))).toEqual({ from: carol.device, content })
    expect(open(forge({ content, size: 64 })), 'a larger class than needed').toBeUndefined()
    expect(open(forge({ content, padding: 1 })), 'something beside the content').toBeUndefined()
    expect(open(forge({ content, length: 17 })), 'a length beyond the class').toBeUndefined()
    expect(open(forge({ content, length: 2 ** 32 - 1 })), 'a length beyond everything').toBeUndefined()
  })

  test('B4 nobody can claim to be somebody else', () => {
    const content = utf8('hello')
    expect(open(forge({ content, sender: alice.publicKey }))).toBeUndefined()
  })

  test('B4 a recipient can’t seal what it got to a third, nor anew to itself, as if the sender had', () => {
    const content = utf8('for bob alone')
    const inner = peel(seal(content))
    expect(toHex(inner.content)).toBe(toHex(content))
    const { signature } = inner
    expect(open(forge({ content, sender: alice.publicKey, signature, to: carol.device }), carol)).toBeUndefined()
    expect(open(forge({ content, sender: alice.publicKey, signature }))).toBeUndefined()
  })

  test('B5 two devices make the same key for a direction, another for each direction, use and pair', () => {
    const direction = { use: 'tags', from: alice.device, to: bob.device }
    const key = toHex(pairKey(alice, bob.device, direction))
    expect(toHex(pairKey(bob, alice.device, direction))).toBe(key)
    expect(toHex(pairKey(bob, alice.device, { use: 'tags', from: bob.device, to: alice.device }))).not.toBe(key)
    expect(toHex(pairKey(alice, bob.device, { ...direction, use: 'other' }))).not.toBe(key)
    expect(toHex(pairKey(alice, carol.device, { ...direction, to: carol.device }))).not.toBe(key)
    expect(toHex(pairKey(carol, bob.device, direction))).not.toBe(key)
  })

  test('B5 both forms of a device’s key belong together', () => {
    for (const key of [alice, bob, carol]) {
      expect(toHex(agreementKeyOf(key).publicKey)).toBe(toHex(agreementPublicKeyOf(key.device)))
    }
  })
})

/** Bytes of the length of a box of this class, with the right version. */
function boxShaped(size: number): fc.Arbitrary<Uint8Array> {
  const length = size + SEALED_BOX_OVERHEAD
  return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => {
    bytes[0] = 1
    return bytes
  })
}

/** A box made by hand after SPEC.md, by carol unless told otherwise. */
function forge(options: {
  readonly content: Uint8Array
  readonly size?: number
  readonly length?: number
  readonly padding?: number
  readonly sender?: Uint8Array
  readonly signature?: Uint8Array
  readonly to?: typeof bob.device
}): Uint8Array {
  const {
    content,
    length = content.length,
    padding = 0,
    sender = carol.publicKey,
    size = 16,
    to = bob.device,
  } = options
  const own = agreementKeyFrom(random.bytes(32))
  const recipient = to === bob.device ? bob.publicKey : carol.publicKey
  const said = concatBytes(
    utf8('murmuration sealed box 1'),
    Uint8Array.of(4),
    utf8('test'),
    recipient,
    own.publicKey,
    content,
  )
  const inner = new Uint8Array(100 + size)
  inner.set(sender)
  inner.set(options.signature ?? carol.sign(said), 32)
  new DataView(inner.buffer).setUint32(96, length)
  inner.set(content, 100)
  if (padding !== 0) inner[inner.length - 1] = padding
  return encrypt(own.agree(agreementPublicKeyOf(to)), own.publicKey, recipient, inner)
}

function keys(secret: Uint8Array, boxKey: Uint8Array, recipient: Uint8Array): Buffer {
  const salt = concatBytes(boxKey, recipient)
  return Buffer.from(hkdfSync('sha256', secret, salt, utf8('murmuration sealed box 1 test'), 44))
}

function encrypt(secret: Uint8Array, boxKey: Uint8Array, recipient: Uint8Array, inner: Uint8Array): Uint8Array {
  const derived = keys(secret, boxKey, recipient)
  const head = concatBytes(Uint8Array.of(1), boxKey)
  const cipher = createCipheriv('aes-256-gcm', derived.subarray(0, 32), derived.subarray(32)).setAAD(head)
  return concatBytes(head, cipher.update(inner), cipher.final(), cipher.getAuthTag())
}

/** What bob sees inside of a box that was sealed for him: a cipher in counter mode is its own inverse. */
function peel(box: Uint8Array): { readonly signature: Uint8Array; readonly content: Uint8Array } {
  const boxKey = box.subarray(1, 33)
  const secret = agreementKeyOf(bob).agree(boxKey)
  const inner = encrypt(secret, boxKey, bob.publicKey, box.subarray(33, -16)).subarray(33, -16)
  const length = new DataView(inner.buffer, inner.byteOffset).getUint32(96)
  return { signature: inner.subarray(32, 96), content: inner.subarray(100, 100 + length) }
}
