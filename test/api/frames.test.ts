import { encode } from 'cborg'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { createApiClient } from '../../src/api/client/index.ts'
import { serveApi } from '../../src/api/server/serve-api.ts'
import { FrameReader } from '../../src/api/socket/frame-reader.ts'
import { channelPair } from '../../src/api/wire/channel-pair.ts'
import { decodeFrame, encodeFrame } from '../../src/api/wire/codec.ts'
import type { ClientFrame, ServerFrame } from '../../src/api/wire/frames.ts'
import {
  MAX_FRAME_BYTES,
  MalformedFrameError,
  decodeClientFrame,
  decodeServerFrame,
} from '../../src/api/wire/frames.ts'
import { eventually } from '../support/eventually.ts'
import { FakeService } from './fake-service.ts'

const HELLO: ClientFrame = { type: 'hello', protocol: 1 }

function malformedOnly(work: () => unknown): void {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedFrameError)
  }
}

/** Sends raw values to a server and tells how it ended. */
async function afterSending(values: readonly unknown[]) {
  const [server, client] = channelPair()
  const service = new FakeService()
  serveApi(service, server)
  const answers: ServerFrame[] = []
  client.receive((frame) => answers.push(frame as ServerFrame))
  for (const value of values) client.send(value as ClientFrame)
  await eventually(() => server.closed.aborted)
  return { answers, service }
}

describe('bytes from outside', () => {
  test('A4 no bytes crash the decoder or come out as anything but a value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        malformedOnly(() => decodeClientFrame(decodeFrame(bytes)))
        malformedOnly(() => decodeServerFrame(decodeFrame(bytes)))
      }),
      { numRuns: 3000 },
    )
  })

  test('A4 a valid frame with any byte changed is a frame or malformed', () => {
    const frame = encodeFrame({
      type: 'call',
      id: 3,
      name: 'document.push',
      parameters: { session: 's', n: [1, null] },
    })
    fc.assert(
      fc.property(fc.nat(frame.length - 1), fc.nat(255), (index, value) => {
        const changed = new Uint8Array(frame)
        changed[index] = value
        malformedOnly(() => decodeClientFrame(decodeFrame(changed)))
      }),
      { numRuns: 2000 },
    )
  })

  test('A4 deep nesting, doubled keys, indefinite lengths, huge integers and promised lengths are malformed', () => {
    const nested = new Uint8Array(1_000_000).fill(0x81)
    const doubled = Uint8Array.of(0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x02)
    const indefinite = Uint8Array.of(0x9f, 0x01, 0xff)
    const huge = Uint8Array.of(0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
    const promised = Uint8Array.of(0x9b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff)
    for (const bytes of [nested, doubled, indefinite, huge, promised]) {
      expect(() => decodeFrame(bytes)).toThrow(MalformedFrameError)
    }
  })

  test('A4 a key named __proto__ changes no prototype', () => {
    const bytes = encode(new Map<string, unknown>([['__proto__', { type: 'hello', protocol: 1 }]]))
    expect(() => decodeClientFrame(decodeFrame(bytes))).toThrow(MalformedFrameError)
  })

  test('A10 frames come out as they went in, however the stream is cut', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 })
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(bodies, cuts, (frames, sizes) => {
        const stream = frames.flatMap((frame) => [0, 0, 0, frame.length, ...frame])
        const reader = new FrameReader()
        const read: Uint8Array[] = []
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1
          read.push(...reader.push(Uint8Array.from(stream.slice(at, at + size))))
          at += size
        }
        expect(read).toEqual(frames)
      }),
    )
  })

  test('A10 a promise of more than a frame may have is malformed before any of it arrives', () => {
    const header = new Uint8Array(4)
    new DataView(header.buffer).setUint32(0, MAX_FRAME_BYTES + 1)
    expect(() => new FrameReader().push(header)).toThrow(MalformedFrameError)
  })
})

describe('a client that breaks the protocol', () => {
  test.each<[string, readonly unknown[]]>([
    ['A1 speaks before its greeting', [{ type: 'call', id: 1, name: 'peer.status', parameters: {} }]],
    ['A4 greets twice', [HELLO, HELLO]],
    ['A4 sends a frame of no type', [HELLO, { type: 'dance' }]],
    ['A4 sends no object', [HELLO, 'call']],
    ['A4 sends a number that is none', [HELLO, { type: 'call', id: 1.5, name: 'peer.status', parameters: {} }]],
    ['A4 claims to have taken what was never sent', [HELLO, { type: 'taken', frames: 7 }]],
  ])('%s, and its connection ends', async (_rule, values) => {
    const { answers, service } = await afterSending(values)
    expect(answers.at(-1)).toMatchObject({ type: 'goodbye', code: 'MALFORMED_FRAME' })
    expect(service.calls).toHaveLength(0)
  })

  test('A4 uses the number of a call that is under way, and its connection ends', async () => {
    const [server, client] = channelPair()
    const service = new FakeService()
    service.handle('peer.wake', () => new Promise(() => undefined))
    serveApi(service, server)
    client.send(HELLO)
    client.send({ type: 'call', id: 1, name: 'peer.wake', parameters: {} })
    client.send({ type: 'call', id: 1, name: 'peer.wake', parameters: {} })
    await eventually(() => server.closed.aborted)
    expect(service.calls[0]?.signal.aborted).toBe(true)
  })

  test('A4 random frames end the connection or are answered, and the next connection works', async () => {
    const service = new FakeService()
    const anything = fc.oneof(
      fc.anything(),
      fc.record({
        type: fc.constantFrom('hello', 'call', 'cancel', 'taken', 'goodbye'),
        id: fc.oneof(fc.nat(3), fc.anything()),
        protocol: fc.constantFrom(1, 2, null),
        name: fc.oneof(fc.constantFrom('peer.wake', 'document.push', 'constructor'), fc.anything()),
        parameters: fc.anything(),
        frames: fc.oneof(fc.nat(3), fc.anything()),
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(anything, { maxLength: 8 }), async (values) => {
        const [server, client] = channelPair()
        serveApi(service, server)
        client.receive(() => undefined)
        client.send(HELLO)
        for (const value of values) {
          if (typeof value === 'object') client.send(value as ClientFrame)
        }
        await Promise.resolve()
        client.dispose()
      }),
      { numRuns: 500 },
    )
    const [server, client] = channelPair()
    serveApi(service, server)
    expect(await createApiClient(client).call('peer.wake', {})).toBeUndefined()
  })
})

describe('large values', () => {
  function connect() {
    const [server, client] = channelPair()
    const service = new FakeService()
    serveApi(service, server)
    return { service, client: createApiClient(client) }
  }

  test('A10 a call that is too large is refused to its caller, and the connection goes on', async () => {
    const { client, service } = connect()
    const text = 'a'.repeat(MAX_FRAME_BYTES)
    await expect(client.call('document.write', { document: 'd', text })).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(await client.call('peer.wake', {})).toBeUndefined()
    expect(service.calls).toHaveLength(1)
  })

  test('A10 an answer that is too large becomes a failure of its call alone', async () => {
    const { client, service } = connect()
    service.handle('document.text', () => ({ text: 'a'.repeat(MAX_FRAME_BYTES) }))
    await expect(client.call('document.text', { document: 'd' })).rejects.toMatchObject({ code: 'TOO_LARGE' })
    expect(await client.call('peer.wake', {})).toBeUndefined()
  })
})
