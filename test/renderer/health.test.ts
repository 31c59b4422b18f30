import { describe, expect, test } from 'vitest'

import type { Machine } from '../../src/api/contract/index.ts'
import { healthSentences } from '../../renderer/health/health.ts'
import { shutdownAnswer } from '../../renderer/health/shutdown.ts'
import { statusLine } from '../../renderer/health/status-line.ts'
import { DemoClient } from './demo-client.ts'
import { demoId, demoMachine, demoStatus, demoWorld } from './demo-world.ts'

const NOW = 1_800_000_000_000
const HOUR = 3_600_000

const alice = demoMachine(1, 'alice', { self: true })
const bob = (change: Partial<Machine> = {}): Machine =>
  demoMachine(2, 'bob', { behind: 0, behindAsOf: NOW - 12_000, lastSeen: NOW, ...change })
const carol = (change: Partial<Machine> = {}): Machine =>
  demoMachine(3, 'carol', { behind: 0, behindAsOf: NOW - 5 * 60_000, lastSeen: NOW, ...change })
const away = { online: false, connection: null, lastSeen: NOW - 2 * HOUR } as const

const said = (...parameters: Parameters<typeof demoStatus>): readonly string[] =>
  healthSentences(demoStatus(...parameters), NOW).map((sentence) => sentence.text)

describe('health in sentences', () => {
  test('says alone where a machine is alone, and never synced', () => {
    expect(said({ machines: [alice], alone: true, synced: false })).toEqual([
      'This machine is the whole swarm so far: nothing is kept anywhere else.',
    ])
  })

  test('names the age of the oldest report where everything is everywhere', () => {
    expect(said({ machines: [alice, bob(), carol()] })).toEqual([
      'Everything that the 2 other machines hold is here.',
      'Everything is on all 3 machines (last heard 5 min ago).',
    ])
  })

  test('says nothing good before anybody was asked', () => {
    const sentences = healthSentences(
      demoStatus({ machines: [alice, bob(away)], synced: false, notAsked: [demoId(2)] }),
      NOW,
    )
    expect(sentences.some((sentence) => sentence.text.startsWith('Everything that'))).toBe(false)
    expect(sentences[0]?.text).toContain('No other machine could be asked')
  })

  test('names who could not be asked, and when it was last seen', () => {
    expect(said({ machines: [alice, bob(), carol(away)], notAsked: [demoId(3)] })).toContain(
      'carol could not be asked: last seen 2 h ago. It may hold more.',
    )
  })

  test('names who lacks how much', () => {
    expect(said({ machines: [alice, bob({ behind: 12, ...away }), carol()] })).toContain(
      'bob was last seen 2 h ago and lacks 12 changes.',
    )
  })

  test('tells what is only here, and what becomes of it', () => {
    expect(said({ machines: [alice, bob(away)], onlyHere: 3, notAsked: [] })[0]).toBe(
      '3 changes are only on this machine. They go out when another is reachable.',
    )
    expect(said({ machines: [alice, bob()], onlyHere: 1 })[0]).toBe(
      '1 change is only on this machine and going out now.',
    )
  })

  test('counts what has not arrived', () => {
    expect(said({ machines: [alice, bob(), carol()], missing: 1, synced: false })[0]).toBe(
      '1 change made elsewhere is still on the way to this machine.',
    )
  })

  test('counts rather than lists in a large swarm', () => {
    const many = Array.from({ length: 40 }, (_, index) => demoMachine(index + 2, `desk-${index}`, away))
    const notAsked = many.slice(0, 39).map((machine) => machine.deviceId)
    const sentences = said({ machines: [alice, ...many], notAsked })
    expect(sentences.length).toBeLessThan(10)
    expect(sentences).toContain('39 machines could not be asked and may hold more.')
  })
})

describe('can this machine be shut down', () => {
  const answer = (...parameters: Parameters<typeof demoStatus>) => shutdownAnswer(demoStatus(...parameters), NOW)

  test('yes, with the names of those that hold everything', () => {
    expect(answer({ machines: [alice, bob(), carol()] })).toEqual({
      tone: 'good',
      text: 'Yes. bob and carol hold everything too (last heard 5 min ago).',
    })
  })

  test('not yet, while something is only here', () => {
    expect(answer({ machines: [alice, bob(away)], onlyHere: 2 })).toEqual({
      tone: 'danger',
      text: 'Not yet: 2 changes exist on this machine alone. Leave it on until another machine has been here.',
    })
  })

  test('not without a loss, alone', () => {
    expect(answer({ machines: [alice], alone: true }).text).toContain('no other machine holds a copy')
  })

  test('yes, but the swarm sleeps, where nobody else is on', () => {
    expect(answer({ machines: [alice, bob(away)] }).text).toContain('the swarm sleeps')
  })
})

describe('the status line', () => {
  const open = { kind: 'open', client: new DemoClient(demoWorld('alone')) } as const
  const line = (...parameters: Parameters<typeof demoStatus>): string =>
    statusLine(open, demoStatus(...parameters)).text

  test('says the worst thing that is true', () => {
    expect(line({ machines: [alice, bob(), carol()] })).toBe('3 of 3 here · everything on all 3')
    expect(line({ machines: [alice, bob(), carol({ behind: 4 })] })).toBe('3 of 3 here · everything on 2 of 3')
    expect(line({ machines: [alice, bob(), carol()], missing: 4, synced: false })).toBe(
      '3 of 3 here · 4 changes on the way here',
    )
    expect(line({ machines: [alice, bob(), carol()], missing: 4, onlyHere: 1 })).toBe(
      '3 of 3 here · 1 change only here',
    )
    expect(line({ machines: [alice, bob(away)], notAsked: [demoId(2)], synced: false })).toBe(
      '1 of 2 here · others not asked yet',
    )
    expect(line({ machines: [alice], alone: true })).toBe('Only this machine so far')
  })

  test('says first of all that this machine is no member any more', () => {
    const { swarm } = demoWorld('removed').status
    expect(line({ machines: [alice, bob()], swarm })).toBe('Removed from the swarm: nothing new comes')
    expect(said({ machines: [alice, bob()], swarm })).toEqual([
      'This machine was removed, so what others have made since is not here.',
    ])
  })

  test('says that nothing is known while the peer is away', () => {
    const lost = { kind: 'lost', since: NOW, retryAt: null, reason: '' } as const
    expect(statusLine(lost, demoStatus({ machines: [alice, bob()] })).text).toBe('Not connected to the peer')
  })
})
