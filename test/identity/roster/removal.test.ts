import { describe, expect, test } from 'vitest'

import { dataPlace, Story } from './story.ts'

/** alice (owner, founder), bob (owner), carol (admin), dave (member), everybody knowing all of it. */
function office(): Story {
  const story = new Story()
  story.join('alice', 'bob', 'owner')
  story.join('alice', 'carol', 'admin')
  story.join('alice', 'dave')
  return story
}

describe('R8 roles', () => {
  test('R8 nobody gives a role above their own', () => {
    const story = office()
    story.role('carol', 'dave', 'owner')
    expect(story.shown()).toMatchObject({ dave: 'member active' })
    story.role('carol', 'dave', 'admin')
    expect(story.shown()).toMatchObject({ dave: 'admin active' })
  })

  test('R8 admins neither demote nor remove owners and admins', () => {
    const story = office()
    story.join('alice', 'erin', 'admin')
    for (const person of ['alice', 'bob', 'erin']) {
      story.role('carol', person, 'member')
      story.remove('carol', person)
    }
    expect(story.shown()).toMatchObject({ alice: 'owner active', bob: 'owner active', erin: 'admin active' })
  })

  test('R8 everybody may step down, nobody up', () => {
    const story = office()
    story.role('dave', 'dave', 'admin')
    story.role('carol', 'carol', 'member')
    expect(story.shown()).toMatchObject({ dave: 'member active', carol: 'member active' })
  })

  test('R8 of two roles given at once the higher-ranked word counts', () => {
    const story = office()
    story.role('carol', 'dave', 'observer')
    story.role('bob', 'dave', 'admin')
    expect(story.shown()).toMatchObject({ dave: 'admin active' })
  })

  test('R8 who was demoted and raised again acts by the role that they know', () => {
    const story = office()
    story.role('alice', 'carol', 'member')
    story.meet()
    story.role('alice', 'carol', 'admin')
    story.meet()
    story.say('carol', { kind: 'swarm.rename', name: 'Atelier' })
    expect(story.roster().name).toBe('Atelier')
  })

  test('R8 a helper stays one', () => {
    const story = office()
    story.join('alice', 'nas', 'helper')
    story.role('alice', 'nas', 'member')
    story.role('alice', 'dave', 'helper')
    expect(story.shown()).toMatchObject({ nas: 'helper active', dave: 'member active' })
  })

  test('R8 what a demoted person did without knowing of it counts as far as the new role allows it', () => {
    const story = office()
    story.role('alice', 'carol', 'member')
    const rename = story.say('carol', { kind: 'swarm.rename', name: 'Carol’s' })
    const own = story.say('carol', { kind: 'person.rename', person: story.id('carol'), name: 'Caroline' })
    expect([story.stands(rename), story.stands(own)]).toEqual([false, true])
    expect(story.roster().name).toBe('Studio')
  })
})

describe('R9 removal', () => {
  test('R9 a removed person’s acts beyond the cut say nothing, those before stay', () => {
    const story = office()
    const before = story.join('carol', 'erin')
    story.remove('alice', 'carol')
    const after = story.admit('carol', 'frank', story.grant('carol', 'y'), 'y')
    expect([story.stands(before), story.stands(after)]).toEqual([true, false])
    expect(story.shown()).toMatchObject({ carol: 'admin removed', erin: 'member active' })
    expect(story.shown()).not.toHaveProperty('frank')
  })

  test('R9 removed by one, admitting others at the same time: who comes in so does not belong', () => {
    const story = office()
    story.remove('alice', 'carol')
    story.admit('carol', 'mallory', story.grant('carol', 'y'), 'y')
    const act = story.admit('mallory', 'trudy', story.grant('mallory', 'z'), 'z')
    story.meet()
    expect(story.stands(act)).toBe(false)
    expect(story.shown()).not.toHaveProperty('mallory')
  })

  test('R9 a removed device can’t go on by leaving the removal out of what it has seen', () => {
    const story = office()
    const removal = story.remove('alice', 'carol')
    story.meet()
    const late = story.say('carol', { kind: 'swarm.rename', name: 'Mine' }, { unseen: [removal] })
    expect(story.stands(late)).toBe(false)
  })

  test('R9 a new incarnation counts nothing', () => {
    const story = office()
    story.say('carol', { kind: 'swarm.rename', name: 'Ours' })
    story.meet('alice', 'carol')
    const removal = story.remove('alice', 'carol')
    story.meet()
    story.reincarnate('carol')
    const late = story.say('carol', { kind: 'swarm.rename', name: 'Mine' }, { unseen: [removal] })
    expect(story.stands(late)).toBe(false)
    expect(story.roster().name).toBe('Ours')
  })

  test('R9 a fork that branches off before the cut counts nothing beyond the branching', () => {
    const story = office()
    const fork = story.actor('carol').last
    story.say('carol', { kind: 'swarm.rename', name: 'Ours' })
    story.say('carol', { kind: 'person.rename', person: story.id('carol'), name: 'C' })
    story.meet('alice', 'carol')
    const own = story.actor('carol').known
    const before = [...own].filter((entry) => entry.device === story.id('carol'))
    story.remove('alice', 'carol')
    for (const entry of before) own.delete(entry)
    story.actor('carol').last = fork
    const branch = story.say('carol', { kind: 'swarm.rename', name: 'Mine' })
    expect(branch.sequence).toBe(before[0]?.sequence)
    expect(story.stands(branch)).toBe(false)
    expect(story.roster().name).toBe('Ours')
  })

  test('R9 a device that the removal of its person does not name counts nothing', () => {
    const story = office()
    story.remove('alice', 'carol')
    story.link('carol', 'carol', 'carol-phone')
    const act = story.say('carol-phone', { kind: 'swarm.rename', name: 'Mine' })
    expect(story.stands(act)).toBe(false)
    expect(story.shown()).not.toHaveProperty('carol-phone')
  })

  test('R9 removing one device leaves the person and the others', () => {
    const story = office()
    story.link('carol', 'carol', 'carol-phone')
    story.meet()
    story.removeDevice('alice', 'carol-phone')
    expect(story.shown()).toMatchObject({ carol: 'admin active', 'carol-phone': 'admin removed' })
    expect(story.roster().people.get(story.id('carol'))?.state).toBe('active')
    expect(story.shown()).toMatchObject({ 'carol-phone': 'admin removed' })
  })

  test('R9 a device that says, against all right, to be somebody’s undoes nothing that was done to that person', () => {
    const story = office()
    story.link('bob', 'bob', 'bob-phone')
    story.meet()
    story.role('bob-phone', 'alice', 'member')
    story.meet()
    const demotion = story.role('bob', 'dave', 'observer')
    story.meet()
    story.link('mallory', 'dave', 'bob-phone')
    expect(story.stands(demotion)).toBe(true)
    expect(story.shown()).toMatchObject({ alice: 'member active', dave: 'observer active' })
  })

  test('R9 who was removed is not admitted again', () => {
    const story = office()
    story.remove('alice', 'dave')
    story.meet()
    story.join('alice', 'dave')
    expect(story.shown()).toMatchObject({ dave: 'member removed' })
  })

  test('R9 a removal by somebody without the right is none', () => {
    const story = office()
    story.remove('dave', 'carol')
    story.remove('carol', 'alice')
    story.remove('mallory', 'dave', [])
    expect(Object.values(story.shown()).filter((state) => state.endsWith('removed'))).toEqual([])
  })
})

describe('R10 conflicts', () => {
  test('R10 of two owners who remove each other the one admitted nearer to the founder stays', () => {
    const story = office()
    story.remove('bob', 'alice')
    story.remove('alice', 'bob')
    expect(story.shown()).toMatchObject({ alice: 'owner active', bob: 'owner removed' })
  })

  test('R10 of two owners of one depth the same stays on every side', () => {
    const story = office()
    story.join('alice', 'erin', 'owner')
    const first = story.remove('bob', 'erin')
    const second = story.remove('erin', 'bob')
    expect(story.stands(first)).not.toBe(story.stands(second))
    const all = [...story.all]
    expect(story.shown(story.roster(all.toReversed()))).toEqual(story.shown())
  })

  test('R10 of two owners the one who was admitted with fewer steps in between stays, whatever the hashes', () => {
    for (let index = 0; index < 12; index++) {
      const story = office()
      story.join('bob', 'erin', 'owner')
      for (let more = 0; more < index; more++) story.say('alice', { kind: 'swarm.rename', name: `${more}` })
      story.meet()
      story.remove('erin', 'bob')
      story.remove('bob', 'erin')
      expect(story.shown()).toMatchObject({ bob: 'owner active', erin: 'owner removed' })
    }
  })

  test('R10 in a circle of three the highest stands, and nobody removes its author by it', () => {
    const story = office()
    story.join('alice', 'erin', 'owner')
    story.remove('alice', 'bob')
    story.remove('bob', 'erin')
    story.remove('erin', 'alice')
    expect(story.shown()).toMatchObject({ alice: 'owner active', bob: 'owner removed', erin: 'owner active' })
  })

  test('R10 a removal whose author was removed at the same time by somebody it does not remove says nothing', () => {
    const story = office()
    story.remove('bob', 'carol')
    const other = story.remove('carol', 'dave')
    expect(story.stands(other)).toBe(false)
    expect(story.shown()).toMatchObject({ carol: 'admin removed', dave: 'member active' })
  })

  test('R10 acts that a removal takes away in passing do not make a circle', () => {
    const story = office()
    story.join('alice', 'erin', 'owner')
    story.join('alice', 'frank', 'admin')
    // Two rooms: bob saw what carol said and removes frank; erin saw what frank said and removes carol.
    story.say('carol', { kind: 'swarm.rename', name: 'C' })
    story.say('frank', { kind: 'swarm.rename', name: 'F' })
    story.meet('bob', 'carol')
    story.meet('erin', 'frank')
    story.remove('bob', 'frank')
    story.remove('erin', 'carol')
    expect(story.shown()).toMatchObject({ carol: 'admin removed', frank: 'admin removed' })
    expect(story.roster().name).toBe('Studio')
  })

  test('R10 a person’s own devices that remove each other: the first one stays', () => {
    const story = office()
    story.link('carol', 'carol', 'carol-phone')
    story.meet()
    story.removeDevice('carol-phone', 'carol')
    story.removeDevice('carol', 'carol-phone')
    expect(story.shown()).toMatchObject({ carol: 'admin active', 'carol-phone': 'admin removed' })
  })
})

describe('R11 the last owner', () => {
  test('R11 the last owner can neither step down nor leave nor be removed', () => {
    const story = new Story()
    story.role('alice', 'alice', 'member')
    story.leave('alice')
    story.remove('alice', 'alice')
    story.removeDevice('alice', 'alice')
    expect(story.shown()).toEqual({ alice: 'owner active' })
  })

  test('R11 with a second owner the first can go', () => {
    const story = office()
    story.leave('alice')
    expect(story.shown()).toMatchObject({ alice: 'owner left', bob: 'owner active' })
  })

  test('R11 of all owners who leave at once the highest stays', () => {
    const story = office()
    story.leave('bob')
    story.leave('alice')
    expect(story.shown()).toMatchObject({ alice: 'owner active', bob: 'owner left' })
  })

  test('R11 an owner who was removed before does not come back by it', () => {
    const story = office()
    story.join('alice', 'erin', 'owner')
    story.remove('bob', 'alice')
    story.meet()
    story.leave('erin')
    story.leave('bob')
    const states = story.shown()
    expect(states).toMatchObject({ alice: 'owner removed' })
    expect(['owner active', 'owner left']).toContain(states['bob'])
    expect(['owner active', 'owner left']).toContain(states['erin'])
    expect(states['bob']).not.toBe(states['erin'])
  })

  test('R11 an owner who removes the other while that one leaves on another device is kept', () => {
    const story = office()
    story.remove('bob', 'alice')
    story.meet('bob', 'carol')
    story.role('alice', 'alice', 'member')
    story.leave('bob')
    expect(Object.values(story.shown()).some((state) => state === 'owner active')).toBe(true)
  })
})

describe('R12 devices of one’s own', () => {
  test('R12 a linked device has its person’s role and changes with it', () => {
    const story = office()
    story.link('dave', 'dave', 'dave-phone')
    expect(story.shown()).toMatchObject({ 'dave-phone': 'member active' })
    expect(story.roster().people.get(story.id('dave'))?.devices).toHaveLength(2)
    story.meet()
    story.role('alice', 'dave', 'observer')
    expect(story.shown()).toMatchObject({ dave: 'observer active', 'dave-phone': 'observer active' })
  })

  test('R12 nobody links a device to somebody else, and helpers link none', () => {
    const story = office()
    story.join('alice', 'nas', 'helper')
    story.link('dave', 'alice', 'dave-phone')
    story.link('nas', 'nas', 'nas-2')
    expect(Object.keys(story.shown())).toEqual(['alice', 'bob', 'carol', 'dave', 'nas'])
  })

  test('R12 who leaves is gone, and what it said before stays', () => {
    const story = office()
    const rename = story.say('dave', { kind: 'person.rename', person: story.id('dave'), name: 'David' })
    story.leave('dave')
    const after = story.say('dave', { kind: 'person.rename', person: story.id('dave'), name: 'X' })
    expect([story.stands(rename), story.stands(after)]).toEqual([true, false])
    expect(story.shown()).toMatchObject({ dave: 'member left' })
  })
})

describe('R13 verdicts', () => {
  test('R13 data of strangers and observers does not count, of everybody else it does', () => {
    const story = office()
    story.join('alice', 'erin', 'observer')
    story.join('alice', 'nas', 'helper')
    const counts = (name: string): boolean => story.roster().counts(dataPlace(story.id(name), 1)).counts
    expect(['alice', 'carol', 'dave', 'nas', 'erin', 'mallory'].map(counts)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ])
  })

  test('R13 a removed device’s data counts up to the cut, on the branch that the cut names', () => {
    const story = office()
    const dave = story.id('dave')
    const removal = story.remove('alice', 'dave', [dataPlace(dave, 5)])
    const { counts } = story.roster()
    expect(counts(dataPlace(dave, 4)).counts).toBe(true)
    expect(counts(dataPlace(dave, 5)).counts).toBe(true)
    expect(counts(dataPlace(dave, 5, 'fork')).counts).toBe(false)
    expect(counts({ ...dataPlace(dave, 4), hashesAt: (at) => [dataPlace(dave, at, 'fork').hash] }).counts).toBe(false)
    expect(
      counts({ ...dataPlace(dave, 4), hashesAt: (at) => [dataPlace(dave, at, 'fork').hash, dataPlace(dave, at).hash] })
        .counts,
    ).toBe(true)
    expect(counts({ ...dataPlace(dave, 1), incarnation: '11'.repeat(8) }).counts).toBe(false)
    expect(counts(dataPlace(dave, 6))).toEqual({ counts: false, cutBy: [removal.hash] })
    expect(counts({ ...dataPlace(dave, 5), hash: new Uint8Array() }).counts).toBe(true)
    expect([1, 5, 6].map((at) => counts(dataPlace(dave, at)).until)).toEqual([5, 5, undefined])
  })

  test('R13 two removals at once: what both name counts', () => {
    const story = office()
    const dave = story.id('dave')
    story.remove('alice', 'dave', [dataPlace(dave, 5)])
    story.remove('carol', 'dave', [dataPlace(dave, 3)])
    const { counts } = story.roster()
    expect([3, 4].map((sequence) => counts(dataPlace(dave, sequence)).counts)).toEqual([true, false])
  })

  test('R13 a member made an observer wrote up to there, and may write again later', () => {
    const story = office()
    const dave = story.id('dave')
    const change = (role: 'observer' | 'member', sequence: number): void => {
      story.say('alice', { kind: 'person.role', person: dave, role, cuts: [dataPlace(dave, sequence)] })
    }
    change('observer', 5)
    change('member', 7)
    const { counts } = story.roster()
    expect([5, 6, 7, 8].map((at) => counts(dataPlace(dave, at)).counts)).toEqual([true, false, false, true])
  })
})
