import { expect, test } from 'vitest'

import { pick } from '../../src/base/random.ts'
import { simulate } from '../support/simulation.ts'
import { MailboxLab } from './mailbox-lab.ts'

const SEEDS = 40
const STEPS = 30
const NAMES = ['alice', 'bob', 'carol', 'dave', 'nas'] as const

test('M1 M3 M10 M24 whatever is killed or cut off, all that was left and not withdrawn arrives once machines come together', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    await simulate({ seed }, async (simulation) => {
      const { random } = simulation
      const lab = new MailboxLab(simulation)
      lab.add(...NAMES)
      const isOn = (name: string): boolean => lab.machine(name).process !== undefined
      const left: { readonly from: string; readonly to: string; readonly text: string }[] = []
      await lab.on('alice', 'bob', 'nas')
      for (let step = 0; step < STEPS; step++) {
        const name = pick(random, NAMES)
        const other = pick(random, NAMES)
        switch (random.below(8)) {
          case 0:
          case 1:
          case 2:
            if (!isOn(name) || name === other) break
            await lab.leave(name, other, `parcel ${step}`)
            left.push({ from: name, to: other, text: `parcel ${step}` })
            break
          case 3:
            if (isOn(name)) lab.kill(name, { power: random.below(2) === 0 })
            break
          case 4:
            if (!isOn(name)) await lab.on(name)
            break
          case 5:
            simulation.note(`${name} and ${other} are cut`)
            if (name !== other) simulation.network.cut(name, other)
            break
          case 6:
            simulation.note('healed')
            simulation.network.heal()
            break
          default:
            await lab.pass(random.below(30_000))
        }
      }
      // A mailbox gives nothing directly: all of it has to go by way of a third machine.
      simulation.network.heal()
      for (const name of NAMES) if (!isOn(name)) await lab.on(name)
      for (const { from, text, to } of left) {
        await lab.untilDelivered(to, `${from}: ${text}`)
        await lab.withdraw(from, to, text)
      }
      await simulation.until('nobody holds anything', () =>
        NAMES.every((name) => lab.mailbox(name).held().envelopes === 0),
      )
      for (const { from, text, to } of left) {
        // A crash between handing over and noting it may show it once more.
        expect(lab.delivered.get(to)?.filter((each) => each === `${from}: ${text}`).length).toBeLessThanOrEqual(3)
      }
    })
  }
})
