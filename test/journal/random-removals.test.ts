import { describe, expect, it } from 'vitest'

import { fromUtf8, utf8 } from '../../src/base/bytes.ts'
import type { Random } from '../../src/base/random.ts'
import { pick, seededRandom } from '../../src/base/random.ts'
import { codeOf } from '../../src/base/errors.ts'
import type { Role } from '../../src/identity/roster/index.ts'
import { DATA, openHeader } from '../../src/journal/header.ts'
import { isWithin } from '../../src/journal/ranges.ts'
import { standing, text, transfer } from './local-peers.ts'
import type { RosterPeer } from './roster-peers.ts'
import { changeRole, idOf, remove, reopen, rosterPeer, swarmOf } from './roster-peers.ts'

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin']

interface Outcome {
  readonly peers: readonly RosterPeer[]
  /** By author. */
  readonly written: ReadonlyMap<string, readonly string[]>
}

/** People write, in ever other partitions, and remove, demote and promote each other without hearing of it at once. */
async function runHistory(seed: number): Promise<Outcome> {
  const random = seededRandom(seed)
  const roles: Record<string, Role> = {
    bob: 'member',
    carol: 'admin',
    dave: 'member',
    erin: pick(random, ['member', 'owner']),
  }
  const peers = [...(await swarmOf(roles))]
  const written = new Map<string, string[]>(NAMES.map((name) => [name, []]))
  let side = new Set<string>()
  for (let step = 0; step < 50; step++) {
    const index = random.below(peers.length)
    const peer = peers[index]
    const other = pick(random, peers)
    if (peer === undefined) continue
    const dice = random.below(100)
    if (dice < 40) await write(peer, `${seed}.${step}.${peer.name};`, written)
    else if (dice < 78) {
      if (side.has(peer.name) === side.has(other.name)) await transfer(other.journal, peer.journal)
    } else if (dice < 86) side = new Set(NAMES.filter(() => random.below(2) === 0))
    else if (dice < 91) await restrict(peer, other, random)
    else if (dice < 95) await checkpoint(peer, random)
    else peers[index] = await reopen(peer, step)
  }
  for (let round = 0; round < 4; round++) {
    for (const from of peers) for (const to of peers) if (from !== to) await transfer(from.journal, to.journal)
  }
  return { peers, written }
}

async function write(peer: RosterPeer, value: string, written: Map<string, string[]>): Promise<void> {
  try {
    await peer.journal.append([text(value)])
    written.get(peer.name)?.push(value)
  } catch (error) {
    if (codeOf(error) !== 'NOT_ALLOWED_TO_WRITE') throw error
  }
}

async function restrict(by: RosterPeer, other: RosterPeer, random: Random): Promise<void> {
  if (by === other || by.authority.current.devices.get(idOf(by.name))?.state !== 'active') return
  if (random.below(2) === 0) await remove(by, other.name)
  else await changeRole(by, other.name, pick(random, ['observer', 'member', 'admin'] as const))
}

/** Own entries of a run, said anew in their order. */
async function checkpoint(peer: RosterPeer, random: Random): Promise<void> {
  const { journal } = peer
  const line = journal.lines.all.find((one) => journal.isOwnCurrent(one.journal) && one.journal.kind === 1)
  if (line === undefined || line.head.sequence < 3) return
  const from = 1 + random.below(line.head.sequence - 1)
  const to = from + random.below(line.head.sequence - from + 1)
  const references = Array.from({ length: to - from + 1 }, (_, k) => ({
    journal: { device: journal.key.device, incarnation: journal.incarnation, kind: 'data' as const },
    sequence: from + k,
  }))
  const held = await journal.read(references)
  if (held.length === 0) return
  const body = utf8(held.map((entry) => fromUtf8(entry.body)).join(''))
  const draft = {
    kind: 'text.checkpoint',
    body,
    supersedes: [{ incarnation: journal.incarnation, ranges: [[from, to]] as const }],
  }
  await journal.append([draft]).catch((error: unknown) => {
    if (codeOf(error) !== 'NOT_ALLOWED_TO_WRITE') throw error
  })
}

/** Somebody who gets everything at last, from one peer alone, in one go. */
async function latecomer(from: RosterPeer, salt: number): Promise<RosterPeer> {
  const late = await rosterPeer('alice', { salt })
  for (let round = 0; round < 3; round++) await transfer(from.journal, late.journal)
  return late
}

/**
 * What counts, be it that only one of them holds it as it was written; and what only checkpoints that count nothing say:
 * where their like is all that is left of what counts, it is shown with it (SPEC.md, known limits).
 */
async function judged(
  peers: readonly RosterPeer[],
): Promise<{ readonly counting: ReadonlySet<string>; readonly doubtful: ReadonlySet<string> }> {
  const counting = new Set<string>()
  const doubtful = new Set<string>()
  for (const { journal } of peers) {
    for (const line of journal.lines.all) {
      if (line.journal.kind !== DATA) continue
      for await (const record of journal.lines.read(line, line.fork.sequence + 1, line.applied.sequence)) {
        if (record.type === 'stub') continue
        const { kind, sequence } = openHeader(record.entry.header)
        const texts = fromUtf8(record.entry.body).split(/(?<=;)/)
        if (!isWithin(line.voids, sequence)) texts.forEach((value) => counting.add(value))
        else if (kind === 'text.checkpoint') texts.forEach((value) => doubtful.add(value))
      }
    }
  }
  for (const value of doubtful) counting.delete(value)
  return { counting, doubtful }
}

describe('random removals', () => {
  it.each(Array.from({ length: 150 }, (_, seed) => seed))(
    'J16 J17 J18 J23 seed %i: all agree on what counts, and nobody’s innocent work is missing',
    async (seed) => {
      const { peers, written } = await runHistory(seed)
      const [first] = peers
      if (first === undefined) throw new Error('no peers')
      const late = await latecomer(peers[1 + (seed % 4)] ?? first, seed + 1000)
      const all = [...peers, late]
      const { counting, doubtful } = await judged(all)
      const shown = async (peer: RosterPeer): Promise<readonly string[]> =>
        (await standing(peer.store)).filter((value) => !doubtful.has(value))
      const expected = await shown(first)
      for (const peer of all) {
        expect(peer.journal.frontier.root).toEqual(first.journal.frontier.root)
        expect(peer.journal.waiting).toBe(0)
        expect([peer.name, await shown(peer)]).toEqual([peer.name, expected])
        expect([...counting].filter((value) => !expected.includes(value))).toEqual([])
      }
      const { devices } = first.authority.current
      for (const name of NAMES) {
        const own = devices.get(idOf(name))
        const isRestricted = own?.state !== 'active' || own.role === 'observer'
        if (!isRestricted) expect(expected).toEqual(expect.arrayContaining([...(written.get(name) ?? [])]))
      }
    },
  )
})
