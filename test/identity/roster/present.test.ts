import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import type { Role } from '../../../src/identity/roster/index.ts'
import type { Command } from './random-acts.ts'
import { ACTORS, at, command, NAMES, PHONES, play, SEEDS } from './random-acts.ts'

/** From the least to the most, and who may do what, written down a second time. */
const LEVELS: readonly Role[] = ['observer', 'helper', 'member', 'admin', 'owner']
const level = (role: Role): number => LEVELS.indexOf(role)
const MAKES_INVITES: readonly Role[] = ['member', 'admin', 'owner']
const ADMITS: readonly Role[] = ['helper', 'member', 'admin', 'owner']

interface Device {
  readonly person: string
  state: 'active' | 'removed' | 'left'
}

/** A swarm whose people all know everything at once, in the plainest words: what happens one after another. */
class Plain {
  readonly roles = new Map<string, Role>([
    ['alice', 'owner'],
    ['bob', 'owner'],
    ['carol', 'owner'],
    ['dave', 'admin'],
  ])
  readonly gone = new Set<string>()
  readonly devices = new Map<string, Device>(
    ['alice', 'bob', 'carol', 'dave', 'bob-phone'].map((name) => [
      name,
      { person: name === 'bob-phone' ? 'bob' : name, state: 'active' },
    ]),
  )
  readonly used = new Map<string, number>()
  readonly revoked = new Set<string>()
  name = 'Studio'

  isActive(device: string): boolean {
    const found = this.devices.get(device)
    return found?.state === 'active' && !this.gone.has(found.person)
  }

  /** Whether somebody is an owner without these. */
  hasOwner(without: { readonly person?: string; readonly device?: string }): boolean {
    return [...this.devices].some(
      ([device, { person }]) =>
        person !== without.person &&
        device !== without.device &&
        this.isActive(device) &&
        this.roles.get(person) === 'owner',
    )
  }

  do({ more, what, who, whom }: Command): void {
    const by = at(ACTORS, who)
    const self = this.devices.get(by)
    const role = self === undefined ? undefined : this.roles.get(self.person)
    if (self === undefined || role === undefined || !this.isActive(by)) return
    const target = at(ACTORS, whom)
    const person = target.split('-')[0] ?? target
    const manages = (name: string): boolean => {
      const theirs = this.roles.get(name)
      if (theirs === undefined || this.gone.has(name)) return false
      return name === self.person || role === 'owner' || (role === 'admin' && level(theirs) <= level('member'))
    }
    switch (what) {
      case 3:
      case 4:
        return this.admit(role, target, at(NAMES, more), at(SEEDS, more), more)
      case 5: {
        const phone = at(PHONES, whom)
        if (self.person !== by.split('-')[0] || role === 'helper' || this.devices.has(phone)) return
        this.devices.set(phone, { person: self.person, state: 'active' })
        return
      }
      case 6:
        if (manages(person)) this.give(role, self.person, person, at(LEVELS, more))
        return
      case 7:
        if (manages(person) && this.hasOwner({ person })) this.gone.add(person)
        return
      case 8: {
        const device = this.devices.get(target)
        if (device === undefined || !this.isActive(target) || !manages(device.person)) return
        if (this.hasOwner({ device: target })) device.state = 'removed'
        return
      }
      case 10:
        if (this.hasOwner({ device: by })) self.state = 'left'
        return
      case 12: {
        const inviter = at(NAMES, whom)
        const mine = this.devices.get(inviter)?.person === self.person
        if (mine || level(role) >= level('admin')) this.revoked.add(`${inviter} ${at(SEEDS, more)}`)
        return
      }
      case 13:
        if (level(role) >= level('admin')) this.name = `by ${by} ${more}`
    }
  }

  admit(role: Role, joiner: string, inviter: string, seed: string, more: number): void {
    const grant: Role = more > 6 ? 'owner' : 'member'
    const key = `${inviter} ${seed}`
    const used = this.used.get(key) ?? 0
    const theirs = this.roles.get(this.devices.get(inviter)?.person ?? '')
    if (!ADMITS.includes(role) || !this.isActive(inviter) || theirs === undefined) return
    if (!MAKES_INVITES.includes(theirs) || level(grant) > level(theirs)) return
    if (this.devices.has(joiner) || this.revoked.has(key) || used >= 1 + (more % 2)) return
    this.used.set(key, used + 1)
    this.devices.set(joiner, { person: joiner, state: 'active' })
    this.roles.set(joiner, grant)
  }

  give(own: Role, self: string, person: string, role: Role): void {
    const before = this.roles.get(person)
    if (before === undefined || before === 'helper' || role === 'helper') return
    const isDown = level(role) < level(before)
    if (isDown && !this.hasOwner({ person })) return
    const managed =
      own === 'owner' || (own === 'admin' && level(before) <= level('member') && level(role) <= level(own))
    if (managed || (person === self && isDown)) this.roles.set(person, role)
  }

  shown(): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.devices].map(([name, { person, state }]) => [
        name,
        `${this.roles.get(person)} ${this.gone.has(person) ? 'removed' : state}`,
      ]),
    )
  }
}

test('R4 where everybody knows everything, what happens is what the table says, one after another', () => {
  // 0 would cut deeper than is known, which undoes what was right when it was done.
  const commands = fc.array(
    command.filter(({ more }) => more !== 0),
    { minLength: 1, maxLength: 30 },
  )
  fc.assert(
    fc.property(commands, (list) => {
      const plain = new Plain()
      for (const step of list) plain.do(step)
      const story = play(list, { present: true })
      const roster = story.roster()
      expect(story.shown(roster)).toEqual(plain.shown())
      expect(roster.name).toBe(plain.name)
    }),
    { numRuns: 500 },
  )
}, 60_000)
