import { describe, expect, test } from 'vitest'

import { dataPlace, seedOf, space, Story } from './story.ts'
import type { JoinRequest } from '../../../src/identity/roster/index.ts'
import { refusalOf, requestJoin, resolveRoster } from '../../../src/identity/roster/index.ts'

describe('R3 founding', () => {
  test('R3 the founder is the first owner', () => {
    const story = new Story()
    expect(story.shown()).toEqual({ alice: 'owner active' })
    expect(story.roster().name).toBe('Studio')
  })

  test('R3 nobody else can found the same space', () => {
    const story = new Story()
    story.say('mallory', { kind: 'swarm.found', name: 'Mine', person: 'M', machine: 'm', nonce: new Uint8Array(32) })
    expect(story.shown()).toEqual({ alice: 'owner active' })
  })

  test('R3 without the founder’s entry nobody belongs', () => {
    const roster = resolveRoster([], { space })
    expect([roster.name, roster.devices.size, roster.people.size]).toEqual([undefined, 0, 0])
  })
})

describe('R4 acting', () => {
  test('R4 an act of somebody who was not admitted says nothing', () => {
    const story = new Story()
    story.meet('alice', 'mallory')
    const entry = story.say('mallory', { kind: 'swarm.rename', name: 'Mine' })
    expect(story.stands(entry)).toBe(false)
    expect(story.roster().name).toBe('Studio')
  })

  test('R4 an act made before the right was given stays without effect', () => {
    const story = new Story()
    story.join('alice', 'bob')
    story.say('bob', { kind: 'swarm.rename', name: 'Bob’s' })
    story.meet()
    story.role('alice', 'bob', 'admin')
    expect(story.roster().name).toBe('Studio')
    story.meet()
    story.say('bob', { kind: 'swarm.rename', name: 'Atelier' })
    expect(story.roster().name).toBe('Atelier')
  })

  test('R4 an entry whose causes are missing waits', () => {
    const story = new Story()
    const first = story.say('alice', { kind: 'swarm.rename', name: 'One' })
    story.say('alice', { kind: 'swarm.rename', name: 'Two' })
    expect(story.roster([...story.all].filter((entry) => entry !== first)).name).toBe('Studio')
    expect(story.roster().name).toBe('Two')
  })

  test('R4 an entry waits for everything that it names, not only for its own journal', () => {
    const story = new Story()
    story.join('alice', 'bob')
    const other = story.say('bob', { kind: 'person.rename', person: story.id('bob'), name: 'Robert' })
    story.meet()
    story.say('alice', { kind: 'swarm.rename', name: 'Atelier' })
    expect(story.roster([...story.all].filter((entry) => entry !== other)).name).toBe('Studio')
    expect(story.roster().name).toBe('Atelier')
  })

  test('R4 an entry written anew counts once, whatever was said since', () => {
    const story = new Story()
    const id = new Uint8Array(16).fill(5)
    story.say('alice', { kind: 'swarm.rename', name: 'Old' }, { id })
    story.say('alice', { kind: 'swarm.rename', name: 'New' })
    story.say('alice', { kind: 'swarm.rename', name: 'Old' }, { id })
    expect(story.roster().name).toBe('New')
  })

  test('R4 entries of other kinds only carry what their author knew', () => {
    const story = new Story()
    story.join('alice', 'bob', 'admin')
    story.write('bob', 'journal.seen', new Uint8Array(0))
    const rename = story.say('bob', { kind: 'swarm.rename', name: 'Atelier' })
    expect(story.stands(rename)).toBe(true)
    expect(story.roster().name).toBe('Atelier')
  })
})

describe('R5 names', () => {
  test('R5 people rename themselves and their machines, nobody else’s', () => {
    const story = new Story()
    story.join('alice', 'bob')
    story.say('bob', { kind: 'person.rename', person: story.id('bob'), name: 'Robert' })
    story.say('bob', { kind: 'device.rename', device: story.id('bob'), name: 'lab' })
    story.say('bob', { kind: 'device.rename', device: story.id('alice'), name: 'toaster' })
    story.say('bob', { kind: 'person.rename', person: story.id('alice'), name: 'Mallory' })
    const { devices, people } = story.roster()
    expect([...devices.values()].map(({ name }) => name).sort()).toEqual(["alice's desk", 'lab'])
    expect([...people.values()].map(({ name }) => name).sort()).toEqual(['Alice', 'Robert'])
  })

  test('R5 of two names given at once the higher-ranked word counts, the later one otherwise', () => {
    const story = new Story()
    story.join('alice', 'bob', 'admin')
    story.say('alice', { kind: 'swarm.rename', name: 'A' })
    story.say('bob', { kind: 'swarm.rename', name: 'B' })
    expect(story.roster().name).toBe('A')
    story.meet()
    story.say('bob', { kind: 'swarm.rename', name: 'C' })
    expect(story.roster().name).toBe('C')
  })

  test('R5 names such as __proto__ are only names', () => {
    const story = new Story()
    story.say('alice', { kind: 'swarm.rename', name: '__proto__' })
    expect(story.roster().name).toBe('__proto__')
  })
})

describe('R6 admission', () => {
  test('R6 any member admits the bearer, though it never heard of the invite', () => {
    const story = new Story()
    story.join('alice', 'bob')
    story.admit('bob', 'carol', story.grant('alice', 'x'), 'x')
    expect(story.shown()).toMatchObject({ carol: 'member active' })
    expect(story.roster().devices.get(story.id('carol'))?.admittedBy).toBe(story.id('bob'))
    expect(story.roster().invites.map(({ state, used }) => [state, used])).toContainEqual(['used', 1])
  })

  test('R6 the public id of an invite lets nobody in', () => {
    const story = new Story()
    story.join('alice', 'bob')
    story.admit('bob', 'mallory', story.grant('alice', 'x'), 'guessed')
    expect(story.shown()).not.toHaveProperty('mallory')
  })

  test('R6 every peer checks the grant, the joiner’s consent and a linked device’s', () => {
    const story = new Story()
    story.join('alice', 'bob')
    const { key } = story.actor('carol')
    const grant = story.grant('alice', 'x')
    const request = requestJoin({ space, grant, seed: seedOf('x'), key, person: 'Carol', machine: 'desk' })
    const own = requestJoin({
      space,
      grant: { ...story.grant('bob', 'y', 'admin'), inviter: story.id('alice') },
      seed: seedOf('y'),
      key,
      person: 'Carol',
      machine: 'desk',
    })
    const consent = new Uint8Array(64)
    const forged = [
      story.say('bob', { kind: 'person.admit', ...own }),
      story.say('bob', { kind: 'person.admit', ...request, role: 'admin' }),
      story.say('bob', { kind: 'person.admit', ...request, uses: 100 }),
      story.say('bob', { kind: 'person.admit', ...request, person: 'Mallory' }),
      story.say('bob', { kind: 'person.admit', ...request, device: story.id('dave') }),
      story.say('bob', { kind: 'person.admit', ...request, consent }),
      story.say('bob', {
        kind: 'device.link',
        person: story.id('bob'),
        device: story.id('erin'),
        machine: 'x',
        consent,
      }),
    ]
    expect(forged.map((entry) => story.stands(entry))).toEqual(forged.map(() => false))
    expect(story.stands(story.say('bob', { kind: 'person.admit', ...request }))).toBe(true)
  })

  test('R6 an invite gives at most what its inviter has', () => {
    const story = new Story()
    story.join('alice', 'bob')
    story.admit('alice', 'carol', story.grant('bob', 'x', 'admin'), 'x')
    expect(story.shown()).not.toHaveProperty('carol')
  })

  test('R6 observers admit nobody', () => {
    const story = new Story()
    story.join('alice', 'bob', 'observer')
    story.admit('bob', 'carol', story.grant('alice', 'x'), 'x')
    expect(story.shown()).not.toHaveProperty('carol')
  })

  test('R6 admissions of the same device are one', () => {
    const story = new Story()
    story.join('alice', 'bob')
    const grant = story.grant('alice', 'x')
    story.admit('bob', 'carol', grant, 'x')
    story.admit('alice', 'carol', grant, 'x')
    const { devices, people, invites } = story.roster()
    expect(story.shown()).toMatchObject({ carol: 'member active' })
    expect([devices.size, people.size, invites.find(({ used }) => used > 1)]).toEqual([3, 3, undefined])
    expect(devices.get(story.id('carol'))?.admittedBy).toBe(story.id('alice'))
  })

  test('R6 a helper is a machine without a person', () => {
    const story = new Story()
    story.join('alice', 'nas', 'helper')
    expect(story.shown()).toMatchObject({ nas: 'helper active' })
    expect(story.roster().people.size).toBe(1)
  })
})

describe('R7 invites', () => {
  test('R7 of two admissions on a single-use invite the higher-ranked stands, the other waits for confirmation', () => {
    const story = new Story()
    story.join('alice', 'bob', 'admin')
    story.join('alice', 'carol')
    const grant = story.grant('alice', 'x')
    story.admit('carol', 'erin', grant, 'x')
    story.admit('bob', 'dave', grant, 'x')
    expect(story.shown()).toMatchObject({ dave: 'member active', erin: 'member suspended' })
    story.meet()
    story.confirm('carol', 'erin')
    expect(story.shown()).toMatchObject({ erin: 'member suspended' })
    story.confirm('bob', 'erin')
    expect(story.shown()).toMatchObject({ dave: 'member active', erin: 'member active' })
  })

  test('R7 nobody confirms people of a higher role than their own', () => {
    const story = new Story()
    story.join('alice', 'bob', 'admin')
    story.join('alice', 'carol')
    const grant = story.grant('alice', 'x', 'owner')
    story.admit('carol', 'erin', grant, 'x')
    story.admit('bob', 'dave', grant, 'x')
    story.meet()
    story.confirm('bob', 'erin')
    expect(story.shown()).toMatchObject({ erin: 'owner suspended' })
    story.confirm('alice', 'erin')
    expect(story.shown()).toMatchObject({ erin: 'owner active' })
  })

  test('R7 who is suspended can do nothing once it knows, and what it did before stays', () => {
    const story = new Story()
    story.join('alice', 'bob', 'admin')
    story.join('alice', 'carol')
    const grant = story.grant('alice', 'x')
    story.admit('carol', 'erin', grant, 'x')
    story.admit('bob', 'dave', grant, 'x')
    const before = story.say('erin', { kind: 'person.rename', person: story.id('erin'), name: 'E' })
    story.meet()
    const after = story.say('erin', { kind: 'person.rename', person: story.id('erin'), name: 'F' })
    expect([story.stands(before), story.stands(after)]).toEqual([true, false])
    expect(story.roster().counts(dataPlace(story.id('erin'), 3)).counts).toBe(true)
  })

  test('R7 devices linked by somebody suspended are suspended with them', () => {
    const story = new Story()
    story.join('alice', 'bob', 'admin')
    story.join('alice', 'carol')
    const grant = story.grant('alice', 'x')
    story.admit('carol', 'erin', grant, 'x')
    story.link('erin', 'erin', 'erin-phone')
    story.admit('bob', 'dave', grant, 'x')
    expect(story.shown()).toMatchObject({ 'erin-phone': 'member suspended' })
  })

  test('R7 an admitter who knows that the invite is used up admits nobody', () => {
    const story = new Story()
    const grant = story.grant('alice', 'x')
    story.admit('alice', 'bob', grant, 'x')
    story.admit('alice', 'carol', grant, 'x')
    expect(story.shown()).toEqual({ alice: 'owner active', bob: 'member active' })
  })

  test('R7 a counted invite lets in as many as it says', () => {
    const story = new Story()
    const grant = story.grant('alice', 'x', 'member', 2)
    for (const name of ['bob', 'carol', 'dave']) story.admit('alice', name, grant, 'x')
    expect(Object.keys(story.shown())).toEqual(['alice', 'bob', 'carol'])
    expect(story.roster().invites).toMatchObject([{ used: 2, uses: 2, state: 'used' }])
  })

  test('R7 a revoked invite admits nobody; whoever came in meanwhile is suspended, whoever was known stays', () => {
    const story = new Story()
    story.join('alice', 'bob')
    story.invite('alice', 'x', 'member', 9)
    story.meet()
    const grant = story.grant('alice', 'x', 'member', 9)
    story.admit('bob', 'carol', grant, 'x')
    story.meet()
    story.revoke('alice', 'alice', 'x')
    story.admit('bob', 'dave', grant, 'x')
    story.meet()
    story.admit('bob', 'erin', grant, 'x')
    expect(story.shown()).toMatchObject({ carol: 'member active', dave: 'member suspended' })
    expect(story.shown()).not.toHaveProperty('erin')
    expect(story.roster().invites.find(({ uses }) => uses === 9)).toMatchObject({ state: 'revoked', used: 2 })
  })

  test('R7 members revoke their own invites, admins anybody’s', () => {
    const story = new Story()
    story.join('alice', 'bob')
    story.join('alice', 'carol', 'admin')
    story.invite('alice', 'x')
    story.invite('bob', 'y')
    story.meet()
    story.revoke('bob', 'alice', 'x')
    expect(
      story
        .roster()
        .invites.filter(({ used }) => used === 0)
        .map(({ state }) => state),
    ).toEqual(['open', 'open'])
    story.revoke('carol', 'alice', 'x')
    story.revoke('bob', 'bob', 'y')
    expect(
      story
        .roster()
        .invites.filter(({ used }) => used === 0)
        .map(({ state }) => state),
    ).toEqual(['revoked', 'revoked'])
  })

  test('R7 who was removed does not come back by an invite of its own', () => {
    const story = new Story()
    story.join('alice', 'bob', 'admin')
    story.join('alice', 'carol')
    const grant = story.grant('bob', 'back', 'admin')
    story.invite('bob', 'back', 'admin')
    story.meet()
    story.remove('alice', 'bob')
    story.admit('carol', 'bob-again', grant, 'back')
    expect(story.shown()).toMatchObject({ bob: 'admin removed', 'bob-again': 'admin suspended' })
    story.meet()
    story.admit('carol', 'bob-thrice', grant, 'back')
    expect(story.shown()).not.toHaveProperty('bob-thrice')
  })
})

describe('R17 answers to who wants in', () => {
  const story = new Story()
  story.join('alice', 'bob')
  story.join('alice', 'olga', 'observer')
  story.join('alice', 'gone', 'admin')
  story.admit('bob', 'dave', story.grant('alice', 'used'), 'used')
  story.meet()
  story.invite('alice', 'revoked')
  story.revoke('alice', 'alice', 'revoked')
  story.meet()
  story.remove('alice', 'gone')
  const roster = story.roster()
  const ask = (inviter: string, seed: string, joiner = 'carol', bearsSeed = seed): JoinRequest =>
    requestJoin({
      space,
      grant: story.grant(inviter, seed),
      seed: seedOf(bearsSeed),
      key: story.actor(joiner).key,
      person: joiner,
      machine: 'desk',
    })
  const now = 1_800_000_000_000
  test.each([
    ['an invite nobody heard of is good', ask('alice', 'new'), 'bob', now, undefined],
    ['another seed is no proof', ask('alice', 'new', 'carol', 'other'), 'bob', now, 'forged'],
    ['observers let nobody in', ask('alice', 'new'), 'olga', now, 'admitter'],
    ['who is in needs no invite', ask('alice', 'new', 'dave'), 'bob', now, 'member'],
    ['a revoked invite', ask('alice', 'revoked'), 'bob', now, 'revoked'],
    ['an invite of somebody who was removed', ask('gone', 'new'), 'bob', now, 'revoked'],
    ['an invite that has expired', ask('alice', 'new'), 'bob', 1_900_000_000_000, 'expired'],
    ['an invite that is used up', ask('alice', 'used'), 'bob', now, 'used'],
  ] as const)('R17 %s', (_, join, admitter, at, answer) => {
    expect(refusalOf(roster, join, { space, admitter: story.id(admitter), now: at })).toBe(answer)
  })
})

test('R1 acts far down a journal say nothing', () => {
  const story = new Story()
  const entry = story.say('alice', { kind: 'swarm.rename', name: 'Atelier' })
  const named = (sequence: number): string | undefined =>
    story.roster([...story.all].map((one) => (one === entry ? { ...one, sequence } : one))).name
  expect([named(8192), named(8193)]).toEqual(['Atelier', 'Studio'])
})
