import { describe, expect, test } from 'vitest'

import { encodeCbor } from '../../src/base/cbor.ts'
import type { Answer, Question } from '../../src/mailbox/protocol.ts'
import {
  BOX_BYTES,
  decodeQuestion,
  encodeAnswer,
  encodeQuestion,
  MAILBOX_PROTOCOL,
} from '../../src/mailbox/protocol.ts'
import type { MemoryNetwork } from '../../src/network/memory/index.ts'
import type { MessageStream } from '../../src/network/network.ts'
import type { Simulation } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'
import { MailboxLab } from './mailbox-lab.ts'

const MINUTE = 60_000
/** Envelopes that a lying machine lists at once: in all pages of a look more than is fetched at once. */
const PAGE = 256

/** Mallory belongs, and speaks the protocol by hand. */
async function withMallory(
  scenario: (lab: MailboxLab, mallory: MemoryNetwork, simulation: Simulation) => Promise<void>,
): Promise<void> {
  await simulate({ seed: 9 }, async (simulation) => {
    const lab = new MailboxLab(simulation, { limits: { envelopesOfOne: 8, envelopes: 12 } })
    lab.add('alice', 'bob', 'nas', 'mallory')
    const { network } = lab.machine('mallory').boot()
    await simulation.run(() => network.start())
    await lab.on('nas')
    await simulation.until('mallory is connected', () => network.peers().length > 0)
    await scenario(lab, network, simulation)
  })
}

async function askRaw(mallory: MemoryNetwork, lab: MailboxLab, frames: readonly Uint8Array[]): Promise<MessageStream> {
  const stream = await mallory.openStream(lab.device('nas'), MAILBOX_PROTOCOL)
  for (const frame of frames) await stream.send(frame)
  return stream
}

describe('a member who means harm', () => {
  test('M30 frames of another shape end that stream, and others are served on', async () => {
    await withMallory(async (lab, mallory, simulation) => {
      const wrong = [
        Uint8Array.of(),
        Uint8Array.of(0xff),
        encodeCbor(['x']),
        encodeCbor([0, 1, 2]),
        encodeCbor([0, new Uint8Array(16), new Uint8Array(5000)]),
        encodeCbor([1, Array.from({ length: 2000 }, () => new Uint8Array(16))]),
        new Uint8Array(1_000_000).fill(0x81),
      ]
      for (const frame of wrong) {
        const stream = await simulation.run(() => askRaw(mallory, lab, [frame]))
        await simulation.until('the stream ended', () => stream.signal.aborted)
      }
      await lab.on('alice')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
    })
  })

  test('M11 floods no further than its share, and others’ parcels find room', async () => {
    await withMallory(async (lab, mallory, simulation) => {
      const tag = (n: number): Uint8Array => new Uint8Array(16).fill(n)
      const frames = Array.from({ length: 100 }, (_, n) =>
        encodeQuestion({ type: 'leave', tag: tag(n), box: new Uint8Array(BOX_BYTES[0] ?? 0) }),
      )
      await simulation.run(() => askRaw(mallory, lab, frames))
      await lab.pass(MINUTE)
      expect(lab.mailbox('nas').held().envelopes).toBe(8)
      await lab.on('alice')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
      await lab.on('bob')
      await lab.untilDelivered('bob', 'alice: hello')
    })
  })

  test('M12 can neither withdraw nor replace what somebody else left', async () => {
    await withMallory(async (lab, mallory, simulation) => {
      await lab.on('alice')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
      const [record] = await lab.recordsOf('nas', 'e')
      const value = record?.[1] ?? new Uint8Array()
      const at = Buffer.from(value).indexOf(Buffer.from('tag')) + 4
      const tag = value.slice(at, at + 16)
      const questions: readonly Question[] = [
        { type: 'withdraw', tags: [tag] },
        { type: 'leave', tag, box: new Uint8Array(BOX_BYTES[0] ?? 0) },
      ]
      const stream = await simulation.run(() => askRaw(mallory, lab, questions.map(encodeQuestion)))
      const answers: Uint8Array[] = []
      void (async () => {
        for await (const frame of stream) answers.push(frame)
      })()
      await simulation.until('both were answered', () => answers.length === 2)
      expect(answers[1]).toEqual(encodeAnswer({ type: 'left', refusal: 'duplicate' }))
      await lab.off('alice')
      await lab.on('bob')
      await lab.untilDelivered('bob', 'alice: hello')
    })
  })

  test('M31 a machine that lists without end, lies about sizes, or never answers is left alone', async () => {
    const item = { tag: new Uint8Array(16), bytes: BOX_BYTES[0] ?? 0 }
    let listed = 0
    const lies: readonly (readonly [string, () => Answer | undefined])[] = [
      [
        'without end',
        () => ({
          type: 'listed',
          items: Array.from({ length: PAGE }, (_, n) => {
            const tag = new Uint8Array(16)
            new DataView(tag.buffer).setUint32(0, listed * PAGE + n)
            return { ...item, tag }
          }),
          next: ++listed,
          more: true,
        }),
      ],
      ['never on', () => ({ type: 'listed', items: [], next: 0, more: true })],
      ['another answer', () => ({ type: 'withdrawn' })],
      [
        'sizes',
        () => ({ type: 'listed', items: [{ ...item, tag: new Uint8Array(16).fill(7) }], next: 1, more: false }),
      ],
      ['silent', () => undefined],
    ]
    for (const [what, lie] of lies) {
      await simulate({ seed: 10 }, async (simulation) => {
        simulation.note(what)
        const lab = new MailboxLab(simulation)
        lab.add('alice', 'bob', 'nas', 'mallory')
        const { network } = lab.machine('mallory').boot()
        let questions = 0
        const box = what === 'sizes' ? new Uint8Array(BOX_BYTES[1] ?? 0) : undefined
        network.handle(MAILBOX_PROTOCOL, async (stream) => {
          for await (const frame of stream) {
            const question = decodeQuestion(frame)
            questions++
            const answer = answerTo(question, box) ?? lie()
            if (answer !== undefined) await stream.send(encodeAnswer(answer))
          }
        })
        await simulation.run(() => network.start())
        await lab.on('alice', 'nas', 'bob')
        await lab.leave('alice', 'bob', 'hello')
        await lab.untilDelivered('bob', 'alice: hello')
        await lab.pass(30_000)
        expect(questions).toBeGreaterThan(2)
        if (what !== 'without end') expect(questions).toBeLessThan(40)
      })
    }
  })
})

/** An answer as an honest machine gives it, but where it is about what it holds. */
function answerTo(question: Question, box: Uint8Array | undefined): Answer | undefined {
  if (question.type === 'mine') return { type: 'mine', tags: [] }
  if (question.type === 'fetch') return { type: 'boxes', boxes: question.tags.map(() => box) }
  return undefined
}
