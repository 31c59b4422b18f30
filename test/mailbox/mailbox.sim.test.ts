import { describe, expect, test } from 'vitest'

import type { MailboxLimits } from '../../src/mailbox/index.ts'
import { LIFETIME_MS, MAX_CONTENT_BYTES } from '../../src/mailbox/index.ts'
import type { Simulation } from '../support/simulation.ts'
import { simulate } from '../support/simulation.ts'
import type { LabOptions } from './mailbox-lab.ts'
import { MailboxLab } from './mailbox-lab.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

async function inLab(scenario: (lab: MailboxLab, simulation: Simulation) => Promise<void>, options: LabOptions = {}) {
  await simulate({ seed: 1 }, async (simulation) => await scenario(new MailboxLab(simulation, options), simulation))
}

describe('leaving', () => {
  test('M1 what alice leaves while bob is off reaches bob while alice is off', async () => {
    await inLab(async (lab) => {
      lab.add('alice', 'bob', 'nas')
      await lab.on('alice', 'nas')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
      await lab.off('alice')
      await lab.on('bob')
      await lab.untilDelivered('bob', 'alice: hello')
      await lab.pass(HOUR)
      expect(lab.delivered.get('bob')).toEqual(['alice: hello'])
    })
  })

  test('M1 it waits here, over a power cut, until some machine comes', async () => {
    await inLab(async (lab) => {
      lab.add('alice', 'bob', 'nas')
      await lab.on('alice')
      await lab.leave('alice', 'bob', 'hello')
      lab.kill('alice', { power: true })
      await lab.on('alice', 'nas')
      await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
    })
  })

  test('M1 a later parcel takes the place of the earlier one of its name', async () => {
    await inLab(async (lab, simulation) => {
      lab.add('alice', 'bob', 'nas')
      await lab.on('alice', 'nas')
      const to = lab.device('bob')
      for (const text of ['one', 'two']) {
        await simulation.run(() => lab.mailbox('alice').leave({ to, name: 'head', content: Buffer.from(text) }))
        await lab.untilHeld('alice', 'bob', 'head', ['nas'])
      }
      await simulation.until('one envelope is left', () => lab.mailbox('nas').held().envelopes === 1)
      await lab.on('bob')
      await lab.untilDelivered('bob', 'alice: two')
      expect(lab.delivered.get('bob')).toEqual(['alice: two'])
    })
  })

  test('M1 contents of every size arrive whole, larger ones are refused', async () => {
    await inLab(async (lab, simulation) => {
      lab.add('alice', 'bob', 'nas')
      await lab.on('alice', 'bob', 'nas')
      const sizes = [0, 1024, 1025, 65_536, MAX_CONTENT_BYTES]
      const send = async (size: number): Promise<void> => {
        const content = new Uint8Array(size).fill(97)
        await lab.mailbox('alice').leave({ to: lab.device('bob'), name: `${size}`, content })
      }
      await simulation.run(async () => await Promise.all(sizes.map(send)))
      await expect(send(MAX_CONTENT_BYTES + 1)).rejects.toThrow('too many')
      await lab.untilDelivered('bob', ...sizes.map((size) => `alice: ${'a'.repeat(size)}`))
    })
  })

  test('M2 three machines hold it, helpers first, never the recipient nor who is excluded', async () => {
    await inLab(
      async (lab, simulation) => {
        lab.add('alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'nas')
        await lab.on('alice', 'bob', 'carol', 'dave', 'erin', 'frank', 'nas')
        await lab.pass(10_000)
        await lab.leave('alice', 'bob', 'hello', ['carol'])
        await simulation.until('three hold it', () => lab.waitingOn('alice', 'bob', 'hello').length === 3)
        await lab.pass(HOUR)
        const holders = lab.waitingOn('alice', 'bob', 'hello')
        expect(holders).toHaveLength(3)
        expect(holders).toContain('nas')
        expect(holders).not.toContain('bob')
        expect(holders).not.toContain('carol')
        expect(lab.mailbox('carol').held().envelopes + lab.mailbox('bob').held().envelopes).toBe(0)
      },
      { helpers: ['nas'] },
    )
  })

  test('M2 a machine that was up all week is chosen before ones that are new', async () => {
    await inLab(async (lab) => {
      lab.add('alice', 'bob', 'carol', 'dave', 'erin', 'frank')
      await lab.on('alice', 'frank')
      await lab.pass(DAY)
      await lab.off('alice')
      await lab.on('carol', 'dave', 'erin', 'alice')
      await lab.pass(10_000)
      await lab.leave('alice', 'bob', 'hello')
      await lab.pass(MINUTE)
      expect(lab.waitingOn('alice', 'bob', 'hello')).toHaveLength(3)
      expect(lab.waitingOn('alice', 'bob', 'hello')).toContain('frank')
    })
  })

  test('M2 a holder that was not seen for a week is made up for', async () => {
    await inLab(async (lab) => {
      lab.add('alice', 'bob', 'carol', 'dave', 'erin', 'frank')
      await lab.on('alice', 'carol', 'dave', 'erin')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['carol', 'dave', 'erin'])
      await lab.off('carol')
      await lab.on('frank')
      lab.jump(6 * DAY)
      await lab.pass(2 * MINUTE)
      expect(lab.waitingOn('alice', 'bob', 'hello')).toEqual(['carol', 'dave', 'erin'])
      lab.jump(2 * DAY)
      await lab.pass(2 * MINUTE)
      expect(lab.waitingOn('alice', 'bob', 'hello')).toEqual(['carol', 'dave', 'erin', 'frank'])
    })
  })

  test('M3 a machine that lost its disk gets it again, and names are right after restarts', async () => {
    await inLab(async (lab, simulation) => {
      lab.add('alice', 'bob', 'nas')
      await lab.on('alice', 'nas')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
      lab.kill('alice')
      await lab.on('alice')
      expect(lab.waitingOn('alice', 'bob', 'hello')).toEqual(['nas'])
      lab.kill('nas')
      await lab.loseDisk('nas')
      await lab.on('nas')
      await simulation.until('nas holds it again', () => lab.mailbox('nas').held().envelopes === 1)
    })
  })

  test('M3 an answer that was lost is found out', async () => {
    for (let cut = 2; cut < 60; cut += 6) {
      await inLab(async (lab, simulation) => {
        lab.add('alice', 'bob', 'nas')
        await lab.on('alice', 'nas')
        await lab.pass(10_000)
        await lab.leave('alice', 'bob', 'hello')
        await lab.pass(cut)
        simulation.network.cut('alice', 'nas')
        await lab.pass(10_000)
        simulation.network.heal()
        await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
        expect(lab.mailbox('nas').held().envelopes).toBe(1)
      })
    }
  })

  test('M4 what is withdrawn is dropped, also by a machine that was off then', async () => {
    await inLab(async (lab, simulation) => {
      lab.add('alice', 'bob', 'carol', 'nas')
      await lab.on('alice', 'carol', 'nas')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['carol', 'nas'])
      await lab.off('nas')
      await lab.withdraw('alice', 'bob', 'hello')
      await simulation.until('carol dropped it', () => lab.mailbox('carol').held().envelopes === 0)
      expect(lab.waitingOn('alice', 'bob', 'hello')).toEqual([])
      lab.kill('alice')
      await lab.on('alice', 'nas')
      await simulation.until('nas dropped it', () => lab.mailbox('nas').held().bytes === 0)
    })
  })

  test('M4 another copy of a device’s folder withdraws nothing of the first', async () => {
    await inLab(async (lab) => {
      lab.add('alice', 'bob', 'nas')
      await lab.on('alice', 'nas')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
      lab.kill('alice')
      await lab.loseDisk('alice')
      await lab.on('alice')
      await lab.pass(DAY)
      expect(lab.mailbox('nas').held().envelopes).toBe(1)
    })
  })

  test('M5 of too many own parcels the oldest give way', async () => {
    await inLab(
      async (lab, simulation) => {
        lab.add('alice', 'bob', 'nas')
        await lab.on('alice', 'nas')
        for (const text of ['one', 'two', 'three']) await lab.leave('alice', 'bob', text)
        await simulation.until('two are held', () => lab.mailbox('nas').held().envelopes === 2)
        await lab.on('bob')
        await lab.untilDelivered('bob', 'alice: two', 'alice: three')
        await lab.pass(HOUR)
        expect(lab.delivered.get('bob')).toHaveLength(2)
      },
      { limits: { parcels: 2 } },
    )
  })
})

describe('holding', () => {
  test('M10 what was acknowledged survives a power cut', async () => {
    await inLab(async (lab) => {
      lab.add('alice', 'bob', 'nas')
      await lab.on('alice', 'nas')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
      await lab.off('alice')
      lab.kill('nas', { power: true })
      await lab.on('nas', 'bob')
      await lab.untilDelivered('bob', 'alice: hello')
    })
  })

  const quotas: readonly (readonly [string, Partial<MailboxLimits>])[] = [
    ['envelopes', { envelopes: 2 }],
    ['bytes', { bytes: 3000 }],
  ]
  test.each(quotas)('M11 a machine that is full of %s is passed by, and asked again later', async (_, limits) => {
    await inLab(
      async (lab, simulation) => {
        lab.add('alice', 'bob', 'carol', 'nas')
        await lab.on('alice', 'nas')
        const texts = ['one', 'two', 'three']
        for (const text of texts) await lab.leave('alice', 'bob', text)
        await lab.untilHeld('alice', 'bob', 'two', ['nas'])
        await lab.pass(MINUTE)
        expect(lab.waitingOn('alice', 'bob', 'three')).toEqual([])
        await lab.on('carol')
        await lab.untilHeld('alice', 'bob', 'three', ['carol'])
        await lab.withdraw('alice', 'bob', 'one')
        await simulation.until('nas takes it after all', () => lab.waitingOn('alice', 'bob', 'three').includes('nas'))
      },
      { limits },
    )
  })

  test('M11 a sender whose share is used up takes back its own oldest, and nobody else’s gives way', async () => {
    await inLab(
      async (lab) => {
        lab.add('alice', 'bob', 'carol', 'nas')
        await lab.on('alice', 'carol', 'nas')
        await lab.leave('carol', 'bob', 'of carol')
        await lab.untilHeld('carol', 'bob', 'of carol', ['alice', 'nas'])
        await lab.off('carol')
        for (const text of ['one', 'two', 'three', 'four']) {
          await lab.leave('alice', 'bob', text)
          await lab.untilHeld('alice', 'bob', text, ['nas'])
        }
        await lab.pass(2 * HOUR)
        expect(['one', 'two', 'three', 'four'].map((text) => lab.waitingOn('alice', 'bob', text).join())).toEqual([
          '',
          '',
          'nas',
          'nas',
        ])
        expect(lab.mailbox('nas').held().envelopes).toBe(3)
        await lab.off('alice')
        await lab.on('bob')
        await lab.untilDelivered('bob', 'carol: of carol', 'alice: three', 'alice: four')
      },
      { limits: { envelopesOfOne: 2 } },
    )
  })

  test('M12 after 30 days it is gone everywhere, whoever is on', async () => {
    await inLab(async (lab) => {
      lab.add('alice', 'bob', 'nas')
      await lab.on('alice', 'nas')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
      await lab.off('alice')
      lab.jump(LIFETIME_MS - HOUR)
      await lab.pass(2 * MINUTE)
      expect(lab.mailbox('nas').held().envelopes).toBe(1)
      lab.jump(HOUR)
      await lab.pass(2 * MINUTE)
      expect(lab.mailbox('nas').held().envelopes).toBe(0)
      await lab.on('alice')
      expect(lab.waitingOn('alice', 'bob', 'hello')).toEqual([])
      await lab.pass(HOUR)
      expect(await lab.recordsOf('nas', 'e', 'b')).toEqual([])
      expect(await lab.recordsOf('alice', 'p', 'x')).toEqual([])
    })
  })

  test('M12 what was left by a device that does not belong any more is dropped, and it is served nothing', async () => {
    await inLab(async (lab, simulation) => {
      lab.add('alice', 'bob', 'carol', 'nas')
      await lab.on('alice', 'carol', 'nas')
      await lab.leave('alice', 'bob', 'from alice')
      await lab.leave('carol', 'alice', 'for alice')
      await lab.untilHeld('alice', 'bob', 'from alice', ['carol', 'nas'])
      await lab.off('alice')
      lab.gone.add('alice')
      await simulation.until('nas dropped it', () => lab.mailbox('nas').held().envelopes === 1)
      await lab.on('alice')
      lab.delivered.set('alice', [])
      await lab.leave('carol', 'alice', 'more for alice')
      await lab.leave('alice', 'bob', 'more from alice')
      await lab.pass(HOUR)
      expect(lab.delivered.get('alice')).toEqual([])
      expect(lab.waitingOn('alice', 'bob', 'more from alice')).toEqual([])
    })
  })
})

describe('fetching', () => {
  test('M20 who is on is told within seconds, also where both can’t reach each other', async () => {
    await inLab(async (lab, simulation) => {
      lab.add('alice', 'bob', 'nas')
      simulation.network.cut('alice', 'bob')
      await lab.on('alice', 'bob', 'nas')
      await lab.pass(20_000)
      await lab.leave('alice', 'bob', 'hello')
      const from = simulation.clock.monotonic()
      await lab.untilDelivered('bob', 'alice: hello')
      expect(simulation.clock.monotonic() - from).toBeLessThan(5000)
    })
  })

  test('M23 nothing is fetched a second time, by anybody, from any machine, nor after a restart', async () => {
    const fetched: string[] = []
    await inLab(
      async (lab) => {
        lab.add('alice', 'bob', 'carol', 'dave', 'nas')
        await lab.on('alice', 'dave', 'nas')
        await lab.leave('alice', 'bob', 'hello')
        await lab.untilHeld('alice', 'bob', 'hello', ['dave', 'nas'])
        await lab.on('bob', 'carol')
        await lab.untilDelivered('bob', 'alice: hello')
        await lab.pass(HOUR)
        await lab.off('bob', 'carol')
        await lab.on('bob', 'carol')
        await lab.pass(HOUR)
        expect(fetched.filter((name) => name === 'bob')).toHaveLength(1)
        expect(fetched.filter((name) => name === 'carol')).toHaveLength(1)
        expect(fetched).not.toContain('alice')
      },
      {
        spy: ({ direction, name, question }) => {
          if (direction === 'asked' && question?.type === 'fetch') fetched.push(...question.tags.map(() => name))
        },
      },
    )
  })

  test('M23 what one machine spoils comes from another, and is never asked of it again', async () => {
    const asked: string[] = []
    await inLab(
      async (lab, simulation) => {
        lab.add('alice', 'bob', 'carol', 'nas')
        await lab.on('alice', 'carol', 'nas')
        await lab.leave('alice', 'bob', 'hello')
        await lab.untilHeld('alice', 'bob', 'hello', ['carol', 'nas'])
        await lab.off('alice', 'carol', 'nas')
        await lab.spoil('nas')
        await lab.on('nas', 'bob')
        await simulation.until('it was fetched', () => asked.length === 1)
        await lab.pass(1000)
        await lab.off('bob')
        await lab.on('bob')
        await lab.pass(HOUR)
        expect(asked).toEqual(['bob'])
        expect(lab.delivered.get('bob')).toEqual([])
        await lab.on('carol')
        await lab.untilDelivered('bob', 'alice: hello')
      },
      {
        spy: ({ direction, name, question }) => {
          if (name === 'bob' && direction === 'asked' && question?.type === 'fetch') asked.push(name)
        },
      },
    )
  })

  test('M24 what can’t be used yet is kept, also when its holders are gone, and offered again', async () => {
    await inLab(async (lab) => {
      lab.add('alice', 'bob', 'nas')
      lab.refusing.add('bob')
      await lab.on('alice', 'nas', 'bob')
      await lab.leave('alice', 'bob', 'hello')
      await lab.pass(10_000)
      await lab.off('alice', 'nas')
      lab.kill('bob', { power: true })
      await lab.on('bob')
      await lab.pass(HOUR)
      expect(lab.delivered.get('bob')).toEqual([])
      lab.refusing.delete('bob')
      await lab.untilDelivered('bob', 'alice: hello')
      await lab.pass(HOUR)
      expect(lab.delivered.get('bob')).toEqual(['alice: hello'])
      expect(await lab.recordsOf('bob', 'i')).toEqual([])
    })
  })

  test('M24 what a device sent that nobody here knows yet is handed over all the same', async () => {
    await inLab(async (lab) => {
      lab.add('alice', 'bob', 'nas')
      lab.unknown.add('alice')
      await lab.on('alice', 'nas', 'bob')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilDelivered('bob', 'alice: hello')
    })
  })
})
