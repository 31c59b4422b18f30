import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { toBase64url } from '../../src/base/bytes.ts'
import { encodeCbor } from '../../src/base/cbor.ts'
import type { ChannelId, MessageId } from '../../src/base/ids.ts'
import type { Body } from '../../src/messaging/bodies.ts'
import { decodeBody, encodeBody, KINDS } from '../../src/messaging/bodies.ts'
import { MAX_BODY_BYTES, MAX_TEXT_BYTES, MAX_TIME } from '../../src/messaging/constants.ts'
import { deviceOf, NOW } from './driver.ts'

const LAMPORT = 1_000_000

const id = fc.uint8Array({ minLength: 16, maxLength: 16 })
const channel = id.map((bytes) => toBase64url(bytes) as ChannelId)
const message = id.map((bytes) => toBase64url(bytes) as MessageId)
const clock = fc.record({ time: fc.integer({ min: 0, max: MAX_TIME }), count: fc.nat(LAMPORT) })
const place = fc.record({ channel, clock, id: message })
const text = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 200 })
  .map((value) => `x${value.replace(/\p{Cc}/gu, '\n')}`)
const name = text.map((value) =>
  value
    .replace(/\n/g, ' ')
    .slice(0, 40)
    .replace(/\p{Cs}/gu, ''),
)
const emoji = fc.constantFrom('👍', '👨‍👩‍👧‍👦', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', '+1', '❤️')
const device = fc.constantFrom(deviceOf('alice'), deviceOf('bob'))

const stamp = fc
  .record({ nonce: id, clock, lag: fc.oneof(fc.constant(0), fc.nat()) })
  .map(({ nonce, clock: at, lag }) => ({ nonce, clock: at, at: Math.max(0, at.time - lag) }))

const particulars = fc.oneof(
  fc.record({ kind: fc.constant('channel.create' as const), name }),
  fc.record({ kind: fc.constant('channel.rename' as const), channel, name }),
  fc.record({ kind: fc.constant('channel.delete' as const), channel }),
  fc.record(
    {
      kind: fc.constant('message.post' as const),
      channel,
      text,
      mentions: fc.array(device, { maxLength: 3 }),
      replyTo: message,
    },
    { requiredKeys: ['kind', 'channel', 'text', 'mentions'] },
  ),
  fc.record({ kind: fc.constant('message.edit' as const), message: place, text }),
  fc.record({ kind: fc.constant('message.delete' as const), message: place }),
  fc.record({ kind: fc.constant('message.react' as const), message: place, emoji, on: fc.boolean() }),
)

const anyBody: fc.Arbitrary<Body> = fc.tuple(stamp, particulars).map(([head, rest]) => ({ ...head, ...rest }))

const good = { id: new Uint8Array(16), clock: [NOW, 0], channel: new Uint8Array(16), text: 'hello' }
const post = (change: object): Body | undefined => decodeBody('message.post', encodeCbor({ ...good, ...change }), 1)

describe('M1 bodies', () => {
  test('M1 every body reads as it was written', () => {
    fc.assert(
      fc.property(anyBody, (body) => {
        expect(decodeBody(body.kind, encodeBody(body), LAMPORT)).toEqual(body)
      }),
    )
  })

  test('M1 no bytes make the reader throw', () => {
    const kind = fc.constantFrom(...KINDS, 'nothing.known')
    fc.assert(
      fc.property(kind, fc.uint8Array({ maxLength: 300 }), (of, bytes) => {
        expect(() => decodeBody(of, bytes, 1)).not.toThrow()
      }),
      { numRuns: 2000 },
    )
  })

  test('M1 a body with some bytes changed is read or void, and never throws', () => {
    const change = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(anyBody, change, (body, changes) => {
        const bytes = new Uint8Array(encodeBody(body))
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        const read = decodeBody(body.kind, bytes, LAMPORT)
        if (read !== undefined) expect(read.clock.time).toBeLessThanOrEqual(MAX_TIME)
      }),
      { numRuns: 2000 },
    )
  })

  test('M1 a body that claims more than it holds is void without the memory being taken', () => {
    // A map of one key whose list claims 2^32 - 1 items.
    const claim = Uint8Array.of(0xa1, 0x62, 0x69, 0x64, 0x9a, 0xff, 0xff, 0xff, 0xff)
    expect(decodeBody('message.post', claim, 1)).toBeUndefined()
    expect(decodeBody('message.post', new Uint8Array(MAX_BODY_BYTES).fill(0x81), 1)).toBeUndefined()
  })

  test('M1 a body above the bound is void before it is decoded', () => {
    expect(post({ more: new Uint8Array(MAX_BODY_BYTES) })).toBeUndefined()
  })

  test('M1 fields of later versions are left alone', () => {
    expect(post({ zzz: 'of a later version' })).toMatchObject({ text: 'hello' })
  })

  test('M1 a map whose keys are out of order or doubled is void', () => {
    const [a, b] = [Uint8Array.of(0x61, 0x61, 0x01), Uint8Array.of(0x61, 0x62, 0x01)]
    expect(decodeBody('message.post', Uint8Array.of(0xa2, ...b, ...a), 1)).toBeUndefined()
    expect(decodeBody('message.post', Uint8Array.of(0xa2, ...a, ...a), 1)).toBeUndefined()
  })
})

describe('M3 clocks', () => {
  test('M3 a counter far above the Lamport number is void, so nobody can use it up', () => {
    expect(post({ clock: [NOW, 1024] })).toBeDefined()
    expect(post({ clock: [NOW, 1025] })).toBeUndefined()
  })

  test('M3 a wall time after its own clock is void', () => {
    expect(post({ at: NOW })).toBeDefined()
    expect(post({ at: NOW + 1 })).toBeUndefined()
  })

  test.each([[[NOW]], [[NOW, 0, 0]], [[-1, 0]], [[NOW + 0.5, 0]], [['now', 0]], [[2 ** 48, 0]], [null]])(
    'M3 %j is no clock',
    (bad) => {
      expect(post({ clock: bad })).toBeUndefined()
    },
  )
})

describe('M7 texts', () => {
  test.each([
    ['right to left and marks of direction', 'שלום \u202Eabc\u202C \u2067עולם\u2069 مرحبا'],
    ['stacks of accents', `z${'\u0300\u0316\u0334'.repeat(200)}algo`],
    ['joined emoji', '👩🏽‍🚀👨‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['lines and tabs', 'a\n\tb\n'],
    ['a replacement sign that was typed', 'what is \uFFFD?'],
    ['names of prototypes', '__proto__'],
  ])('M7 %s pass unharmed', (_, value) => {
    expect(post({ text: value })).toMatchObject({ text: value })
  })

  test.each([
    ['nothing', ''],
    ['a zero byte', 'a\u0000b'],
    ['an escape', '\u001b[31mred'],
    ['a carriage return', 'a\r\n'],
    ['a C1 control', 'a\u0085b'],
    ['more than the bound', 'x'.repeat(MAX_TEXT_BYTES + 1)],
    ['more bytes than the bound', 'ü'.repeat(MAX_TEXT_BYTES / 2 + 1)],
    ['a number', 7],
  ])('M7 %s is void', (_, value) => {
    expect(post({ text: value })).toBeUndefined()
  })

  test('M7 the longest text is read', () => {
    expect(post({ text: '€'.repeat(Math.floor(MAX_TEXT_BYTES / 3)) })).toBeDefined()
  })

  test('M7 bytes that are not UTF-8 are void', () => {
    const bytes = new Uint8Array(encodeCbor({ ...good, text: 'hellohello' }))
    const at = Buffer.from(bytes).indexOf('hellohello')
    bytes[at + 3] = 0xff
    expect(decodeBody('message.post', bytes, 1)).toBeUndefined()
  })

  test('M7 mentions are device ids', () => {
    expect(post({ mentions: [deviceOf('bob')] })).toMatchObject({ mentions: [deviceOf('bob')] })
    expect(post({ mentions: ['bob'] })).toBeUndefined()
    expect(post({ mentions: Array.from({ length: 65 }, () => deviceOf('bob')) })).toBeUndefined()
  })
})
