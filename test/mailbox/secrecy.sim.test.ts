import { describe, expect, test } from 'vitest'

import { toHex, utf8 } from '../../src/base/bytes.ts'
import { BOX_BYTES } from '../../src/mailbox/protocol.ts'
import { publicKeyOf } from '../../src/identity/device-key.ts'
import { agreementPublicKeyOf } from '../../src/identity/key-agreement.ts'
import { simulate } from '../support/simulation.ts'
import { MailboxLab } from './mailbox-lab.ts'
import type { Spied } from './spied-network.ts'

const MINUTE = 60_000

describe('a machine that holds envelopes', () => {
  test('M40 stores and receives nothing of the content nor of the recipient, in lengths of the classes alone', async () => {
    const seen: Spied[] = []
    const spy = (spied: Spied): void => void seen.push(spied)
    await simulate({ seed: 3 }, async (simulation) => {
      const lab = new MailboxLab(simulation, { spy })
      lab.add('alice', 'bob', 'carol', 'nas')
      await lab.on('alice', 'nas')
      const secrets = ['the plans for friday', 'x', 'y'.repeat(5000), 'z'.repeat(70_000)]
      for (const secret of secrets) await lab.leave('alice', 'bob', secret.slice(0, 200))
      for (const [index, secret] of secrets.entries()) {
        const parcel = { to: lab.device('bob'), name: `name-${index}`, content: utf8(secret) }
        await simulation.run(() => lab.mailbox('alice').leave(parcel))
      }
      await simulation.until('all is held', () => lab.mailbox('nas').held().envelopes === 2 * secrets.length)
      const atRest = await lab.recordsOf('nas', 'e', 'b', 'p', 'x', 'd', 'k', 'i')
      await lab.off('alice')
      await lab.on('bob', 'carol')
      await lab.untilDelivered('bob', ...secrets.map((secret) => `alice: ${secret}`))
      await lab.pass(20 * MINUTE)

      const received = seen.filter(({ direction, name }) => name === 'nas' && direction === 'was asked')
      const haystacks = [...atRest.flat(), ...received.map(({ frame }) => frame)].map((bytes) => Buffer.from(bytes))
      const bob = lab.device('bob')
      const needles = {
        id: utf8(bob),
        key: publicKeyOf(bob),
        'key for sealing': agreementPublicKeyOf(bob),
        name: utf8('name-'),
        ...Object.fromEntries(secrets.map((secret) => [secret.slice(0, 20), utf8(secret.slice(0, 20))])),
      }
      delete (needles as Record<string, unknown>)['x']
      for (const [what, needle] of Object.entries(needles)) {
        expect(
          haystacks.filter((bytes) => bytes.includes(Buffer.from(needle))).length,
          `${what} among what nas sees`,
        ).toBe(0)
      }
      // The test would find them: what alice sent has her own key in nas's records.
      expect(haystacks.some((bytes) => bytes.includes(Buffer.from(publicKeyOf(lab.device('alice')))))).toBe(true)
      const left = received.flatMap(({ question }) => (question?.type === 'leave' ? [question.box.length] : []))
      expect(new Set(left)).toEqual(new Set([BOX_BYTES[0], BOX_BYTES[2], BOX_BYTES[4]]))
    })
  })

  test('M21 a recipient asks it for the same as anybody else', async () => {
    const asked = new Map<string, string[]>()
    const spy = ({ direction, name, question }: Spied): void => {
      if (direction !== 'asked' || question === undefined) return
      const tags = question.type === 'fetch' ? question.tags.map(toHex).sort().join() : ''
      const from = question.type === 'list' ? ` ${question.from}` : ''
      asked.set(name, [...(asked.get(name) ?? []), `${question.type}${from} ${tags}`])
    }
    await simulate({ seed: 4 }, async (simulation) => {
      const lab = new MailboxLab(simulation, { spy })
      lab.add('alice', 'bob', 'carol', 'nas')
      await lab.on('alice', 'nas')
      for (const text of ['one', 'two', 'three']) await lab.leave('alice', 'bob', text)
      await simulation.until('all is held', () => lab.mailbox('nas').held().envelopes === 3)
      await lab.off('alice')
      simulation.network.cut('bob', 'carol')
      await lab.on('bob', 'carol')
      await lab.untilDelivered('bob', 'alice: one', 'alice: two', 'alice: three')
      await lab.pass(20 * MINUTE)
      expect(asked.get('bob')?.length).toBeGreaterThan(3)
      expect(asked.get('bob')).toEqual(asked.get('carol'))
    })
  })

  test('M20 tells all that are connected at the same time', async () => {
    const told = new Map<string, number[]>()
    await simulate({ seed: 5 }, async (simulation) => {
      const spy = ({ direction, frame, name }: Spied): void => {
        if (direction === 'answered' && name === 'nas' && frame.length === 2) {
          told.set(name, [...(told.get(name) ?? []), simulation.clock.monotonic()])
        }
      }
      const lab = new MailboxLab(simulation, { spy })
      lab.add('alice', 'bob', 'carol', 'nas')
      await lab.on('alice', 'bob', 'carol', 'nas')
      await lab.pass(20_000)
      told.clear()
      await lab.leave('alice', 'bob', 'hello', ['carol'])
      await lab.untilDelivered('bob', 'alice: hello')
      await lab.pass(10_000)
      const advances = told.get('nas') ?? []
      // Alice, bob and carol.
      expect(advances.filter((at) => at === advances.at(-1))).toHaveLength(3)
    })
  })
})
