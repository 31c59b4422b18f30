import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { toHex } from '../../../src/base/bytes.ts'
import { seededRandom } from '../../../src/base/random.ts'
import type { Cut, Role, Roster, RosterEntry } from '../../../src/identity/roster/index.ts'
import { ACT_KINDS, decodeAct, isWithin, RIGHTS } from '../../../src/identity/roster/index.ts'
import { command, play } from './random-acts.ts'

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seededRandom(seed)
  const list = [...items]
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[list[i], list[j]] = [list[j] as T, list[i] as T]
  }
  return list
}

/** All that a roster says, in words that can be compared. */
function told(roster: Roster, entries: Iterable<RosterEntry>): unknown {
  const { devices, invites, name, people } = roster
  const judged = [...entries].map((entry) => `${toHex(entry.hash)} ${verdict(roster, entry)}`).sort()
  return { name, devices: [...devices], people: [...people], invites, judged }
}

const verdict = (roster: Roster, entry: RosterEntry): boolean => roster.counts({ ...entry, journal: 'members' }).counts
const isAct = ({ kind }: RosterEntry): boolean => ACT_KINDS.some((name) => name === kind)
const hasOwner = ({ devices }: Roster): boolean =>
  [...devices.values()].some(({ role, state }) => role === 'owner' && state === 'active')

/** What an entry comes after, over any number of steps. */
function pastOf(entry: RosterEntry, byHash: ReadonlyMap<string, RosterEntry>): ReadonlySet<RosterEntry> {
  const past = new Set<RosterEntry>()
  const next = [entry]
  for (let one = next.pop(); one !== undefined; one = next.pop()) {
    for (const hash of one.after) {
      const cause = byHash.get(toHex(hash))
      if (cause === undefined || past.has(cause)) continue
      past.add(cause)
      next.push(cause)
    }
  }
  return past
}

/** What role an act takes at least, told from the table alone; undefined: any. */
function asksFor(entry: RosterEntry): ((role: Role) => boolean) | undefined {
  const said = decodeAct(entry.kind, entry.body)
  switch (said?.kind) {
    case 'swarm.rename':
      return (role) => RIGHTS[role].renameSwarm
    case 'invite.create':
      return (role) => isWithin(said.role, RIGHTS[role].invite)
    case 'person.admit':
      return (role) => RIGHTS[role].admit
    case 'device.confirm':
      return (role) => RIGHTS[role].confirm
    case 'device.link':
      return (role) => RIGHTS[role].link
    default:
      return undefined
  }
}

const stories = fc.record({ commands: fc.array(command, { minLength: 1, maxLength: 25 }), seed: fc.nat() })

test('R16 rosters of random histories: any order, repetition and part; rights, cuts and owners hold', () => {
  fc.assert(
    fc.property(stories, ({ commands, seed }) => {
      const story = play(commands)
      const all = [...story.all]
      const roster = story.roster()
      const whole = told(roster, all)

      // Any order, with repetitions, gives the same.
      const again = shuffled([...all, ...all.slice(0, seed % all.length)], seed)
      expect(told(story.roster(again), all)).toEqual(whole)

      // So does any part of it, and somebody is an owner in each that has the founder's entry.
      const part = all.filter((_, index) => index === 0 || seededRandom(seed + index).float() < 0.8)
      const some = story.roster(part)
      expect(told(story.roster(shuffled(part, seed)), all)).toEqual(told(some, all))
      expect([hasOwner(roster), hasOwner(some)]).toEqual([true, true])
      for (const { known } of [...story.actors.values()].slice(0, 4)) {
        if (known.has(all[0] as RosterEntry)) expect(hasOwner(story.roster(known))).toBe(true)
      }

      // What does not stand has no effect.
      const muted = all.map((entry) =>
        isAct(entry) && !verdict(roster, entry) ? { ...entry, kind: 'journal.seen' } : entry,
      )
      const { name, devices, people, invites } = story.roster(muted)
      expect({ name, devices: [...devices], people: [...people], invites }).toEqual({
        name: roster.name,
        devices: [...roster.devices],
        people: [...roster.people],
        invites: roster.invites,
      })

      const byHash = new Map(all.map((entry) => [toHex(entry.hash), entry]))
      const standing = all.filter((entry) => isAct(entry) && verdict(roster, entry))
      for (const entry of shuffled(standing, seed).slice(0, 8)) {
        if (entry.kind === 'swarm.found') continue
        const past = pastOf(entry, byHash)
        // The author had the right, by the standing acts that it knew.
        const author = story
          .roster(
            [...past].map((one) => (isAct(one) && !verdict(roster, one) ? { ...one, kind: 'journal.seen' } : one)),
          )
          .devices.get(entry.device)
        expect(author?.state).toMatch(entry.kind === 'device.leave' ? /active|suspended/ : /active/)
        expect(asksFor(entry)?.(author?.role ?? 'observer') ?? true).toBe(true)
        // And what takes it away, where it did not know of that, reaches so far.
        for (const other of standing) {
          const said = decodeAct(other.kind, other.body)
          if (said?.kind !== 'device.remove' && said?.kind !== 'device.leave' && said?.kind !== 'person.remove')
            continue
          const target =
            said.kind === 'device.leave' ? other.device : said.kind === 'device.remove' ? said.device : said.person
          const concerned = said.kind === 'person.remove' ? roster.devices.get(entry.device)?.person : entry.device
          if (other === entry || target !== concerned || past.has(other)) continue
          expect(said.cuts.some((cut: Cut) => cut.device === entry.device && cut.sequence >= entry.sequence)).toBe(true)
        }
      }
    }),
    { numRuns: 500 },
  )
}, 60_000)
