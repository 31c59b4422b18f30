import * as fc from 'fast-check'

import type { Role } from '../../../src/identity/roster/index.ts'
import { ROLES } from '../../../src/identity/roster/index.ts'
import { Story } from './story.ts'

export const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'] as const
export const PHONES = ['bob-phone', 'carol-phone', 'dave-phone'] as const
export const ACTORS = [...NAMES, ...PHONES]
export const SEEDS = ['x', 'y'] as const

export interface Command {
  readonly what: number
  readonly who: number
  readonly whom: number
  readonly more: number
}

export const command: fc.Arbitrary<Command> = fc.record({
  what: fc.nat(13),
  who: fc.nat(ACTORS.length - 1),
  whom: fc.nat(ACTORS.length - 1),
  more: fc.nat(9),
})

/** The list as if it went round. */
export const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T

/** Anybody tries anything, whether they may or not. */
export function act(story: Story, { more, what, who, whom }: Command): void {
  const by = at(ACTORS, who)
  const target = at(ACTORS, whom)
  const person = target.split('-')[0] ?? target
  const role: Role = at(ROLES, more)
  const uses = 1 + (more % 2)
  const seed = at(SEEDS, more)
  switch (what) {
    case 0:
      return story.meet()
    case 1:
    case 2:
      return story.meet(by, target)
    case 3:
    case 4:
      story.admit(by, target, story.grant(at(NAMES, more), seed, more > 6 ? 'owner' : 'member', uses), seed)
      return
    case 5:
      story.link(by, by.split('-')[0] ?? by, at(PHONES, whom))
      return
    case 6:
      story.role(by, person, role)
      return
    case 7:
      // Sometimes less than what is known: what is cut off was there.
      story.remove(by, person, more === 0 ? [] : undefined)
      return
    case 8:
      story.removeDevice(by, target, more === 0 ? story.cuts(by, target).slice(1) : undefined)
      return
    case 9:
      story.confirm(by, target)
      return
    case 10:
      story.leave(by)
      return
    case 11:
      story.invite(by, seed, at(ROLES, whom), uses)
      return
    case 12:
      story.revoke(by, at(NAMES, whom), seed)
      return
    default:
      if (more === 9) story.reincarnate(by)
      story.say(by, { kind: 'swarm.rename', name: `by ${by} ${more}` })
  }
}

/** Random acts in an office of two owners beside the founder, and an admin. */
export function play(commands: readonly Command[], options: { readonly present?: boolean } = {}): Story {
  const story = new Story()
  story.join('alice', 'bob', 'owner')
  story.join('bob', 'carol', 'owner')
  story.join('alice', 'dave', 'admin')
  story.link('bob', 'bob', 'bob-phone')
  story.meet()
  for (const step of commands) {
    act(story, step)
    if (options.present === true) story.meet()
  }
  return story
}
