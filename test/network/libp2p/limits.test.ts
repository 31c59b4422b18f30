import { describe, expect, test } from 'vitest'

import { GateLimits } from '../../../src/network/libp2p/gate-limits.ts'
import type { Rival } from '../../../src/network/libp2p/link.ts'
import { loserOf } from '../../../src/network/libp2p/link.ts'
import { listenChoices } from '../../../src/network/libp2p/listen-choices.ts'
import { describeFailure, reasonOf } from '../../../src/network/libp2p/dial-failure.ts'
import { serviceTagOf } from '../../../src/network/libp2p/discovery.ts'
import type { Tick } from '../../../src/network/libp2p/ticker.ts'
import { startTicker } from '../../../src/network/libp2p/ticker.ts'
import { VirtualClock } from '../../support/virtual-clock.ts'
import { testKey } from './identities.ts'

const bob = testKey('bob').device

describe('limits at the gate', () => {
  test('N30 a bounded number stands before it, fewer of one address', () => {
    const limits = new GateLimits(new VirtualClock())
    for (let i = 0; i < 48; i++) limits.began('10.0.0.1')
    expect(limits.mayTry('10.0.0.1')).toBe(false)
    expect(limits.mayTry('10.0.0.2')).toBe(true)
    for (let i = 0; i < 16; i++) limits.began(`10.0.1.${i}`)
    expect(limits.mayTry('10.0.0.2')).toBe(false)
    limits.ended('10.0.0.1')
    expect(limits.mayTry('10.0.0.2')).toBe(true)
    expect(limits.mayTry('10.0.0.1')).toBe(true)
  })

  test('N30 an address that fails often must wait, and may fail again later', async () => {
    const clock = new VirtualClock()
    const limits = new GateLimits(clock)
    for (let i = 0; i < 30; i++) {
      expect(limits.mayTry('10.0.0.1')).toBe(true)
      limits.failed('10.0.0.1')
    }
    expect(limits.mayTry('10.0.0.1')).toBe(false)
    expect(limits.mayTry('10.0.0.2')).toBe(true)
    await clock.advance(2000)
    expect(limits.mayTry('10.0.0.1')).toBe(true)
    limits.failed('10.0.0.1')
    expect(limits.mayTry('10.0.0.1')).toBe(false)
  })
})

describe('two connections of one pair', () => {
  const rival = (openedAt: number, weDialled: boolean): Rival => ({
    state: 'admitted',
    openedAt,
    weDialled,
    via: undefined,
  })

  test('N23 of two at the same time the first stays, whoever dialled', () => {
    for (const first of [true, false]) {
      for (const second of [true, false]) expect(loserOf(rival(0, first), rival(1500, second))).toBe('newer')
    }
  })

  test('N23 a later one that the other side dialled replaces the one it lost', () => {
    expect(loserOf(rival(0, true), rival(5000, false))).toBe('older')
    expect(loserOf(rival(0, false), rival(5000, false))).toBe('older')
    expect(loserOf(rival(0, false), rival(5000, true))).toBe('newer')
  })

  test('N54 a direct one beside a relayed one disturbs nothing, a relayed one beside a direct one goes', () => {
    const relayed = (openedAt: number, weDialled: boolean): Rival => ({ ...rival(openedAt, weDialled), via: bob })
    for (const dialled of [true, false]) {
      expect(loserOf(relayed(0, dialled), rival(5000, dialled))).toBe('none')
      expect(loserOf(rival(0, dialled), relayed(1000, dialled))).toBe('newer')
    }
    // It dials through a relay because it lost the direct one.
    expect(loserOf(rival(0, true), relayed(5000, false))).toBe('older')
  })
})

describe('small decisions', () => {
  test('N27 the port of last time is tried first, where any will do', () => {
    expect(listenChoices(['/ip4/0.0.0.0/tcp/0'], 0)).toEqual([['/ip4/0.0.0.0/tcp/0']])
    expect(listenChoices(['/ip4/0.0.0.0/tcp/0'], 4001)).toEqual([['/ip4/0.0.0.0/tcp/4001'], ['/ip4/0.0.0.0/tcp/0']])
    expect(listenChoices(['/ip4/0.0.0.0/tcp/7'], 4001)).toEqual([['/ip4/0.0.0.0/tcp/7']])
  })

  test('N25 the name on the LAN is one label of its own for each swarm, and does not tell it', () => {
    const tag = serviceTagOf('swarm one')
    expect(tag).toMatch(/^_m[0-9a-f]{24}\._udp\.local$/)
    expect(tag).not.toBe(serviceTagOf('swarm two'))
    expect(tag).toBe(serviceTagOf('swarm one'))
  })

  test('N2 failures are told in words', () => {
    expect(reasonOf(new Error('connection error 1.2.3.4:5: connect ECONNREFUSED 1.2.3.4:5'))).toBe(
      'nobody listens there',
    )
    expect(reasonOf(new AggregateError([new Error('connect ETIMEDOUT 1.2.3.4:5')]))).toBe('no answer')
    const message = describeFailure('bob', [{ place: '/ip4/1.2.3.4/tcp/5', reason: 'no answer' }])
    expect(message).toBe(
      'cannot reach bob; tried /ip4/1.2.3.4/tcp/5 (no answer). Is it running, and on the same network?',
    )
    expect(describeFailure('bob', [])).toContain('no address of it is known')
  })

  test('N22 a tick knows when it is late, and when the machine slept', async () => {
    const clock = new VirtualClock()
    const ticks: Tick[] = []
    let skipped = 0
    const hidden = {
      now: () => clock.now() + skipped,
      monotonic: () => clock.monotonic(),
      after: clock.after.bind(clock),
    }
    const ticker = startTicker(hidden, (tick) => ticks.push(tick))
    await clock.advance(1000)
    expect(ticks).toEqual(['punctual', 'punctual'])
    skipped = 60_000
    await clock.advance(500)
    expect(ticks.at(-1)).toBe('slept')
    ticker.dispose()
    await clock.advance(5000)
    expect(ticks).toHaveLength(3)
  })
})
