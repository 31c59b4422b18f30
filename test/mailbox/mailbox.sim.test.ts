import { describe, expect, test } from 'vitest'

import { simulate } from '../support/simulation.ts'
import { MailboxLab } from './mailbox-lab.ts'

const DAY = 24 * 3_600_000

describe('a mailbox', () => {
  test('M1 what alice leaves while bob is off reaches bob while alice is off', async () => {
    await simulate({ seed: 1 }, async (simulation) => {
      const lab = new MailboxLab(simulation)
      lab.add('alice', 'bob', 'nas')
      await lab.on('alice', 'nas')
      await lab.leave('alice', 'bob', 'hello')
      await lab.untilHeld('alice', 'bob', 'hello', ['nas'])
      await lab.off('alice')
      await lab.on('bob')
      await lab.untilDelivered('bob', 'alice: hello')
      await lab.pass(DAY)
      expect(lab.delivered.get('bob')).toEqual(['alice: hello'])
    })
  })
})
