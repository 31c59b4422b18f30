import { describe, expect, it } from 'vitest'

import { fromUtf8, utf8 } from '../../src/base/bytes.ts'
import type { Random } from '../../src/base/random.ts'
import { pick, seededRandom } from '../../src/base/random.ts'
import type { LocalPeer } from './local-peers.ts'
import { MemoryStore } from '../../src/store/index.ts'
import { localPeer, text, transfer } from './local-peers.ts'

/** Runs random appends, transfers, restarts, restored backups, copies and checkpoints, then brings everybody together. */
async function runHistory(
  seed: number,
): Promise<{ readonly peers: readonly LocalPeer[]; readonly written: Set<string> }> {
  const random = seededRandom(seed)
  const peers: LocalPeer[] = []
  for (let index = 0; index < 3 + random.below(2); index++) peers.push(await localPeer(index + 1))
  const backups = new Map<number, MemoryStore['disk']>()
  const written = new Set<string>()
  for (let step = 0; step < 60; step++) {
    const index = random.below(peers.length)
    const peer = peers[index]
    if (peer === undefined) continue
    const other = pick(random, peers)
    const dice = random.below(100)
    if (dice < 45) {
      const values = Array.from({ length: 1 + random.below(3) }, (_, k) => `${seed}.${step}.${k};`)
      for (const value of values) written.add(value)
      await peer.journal.append(values.map(text))
    } else if (dice < 80) await transfer(other.journal, peer.journal)
    else if (dice < 88) await checkpoint(peer, random)
    else if (dice < 92) backups.set(index, (peer.store as MemoryStore).disk.clone())
    else if (dice < 96) peers[index] = await reopen(peer, index, (peer.store as MemoryStore).disk, random)
    else {
      const backup = backups.get(index)
      if (backup !== undefined) {
        // what was only on this machine is gone with it; what others have comes back
        for (const one of peers) if (one !== peer) await transfer(peer.journal, one.journal)
        peers[index] = await reopen(peer, index, backup.clone(), random)
      }
    }
  }
  for (let round = 0; round < 4; round++) {
    for (const from of peers) for (const to of peers) if (from !== to) await transfer(from.journal, to.journal)
  }
  return { peers, written }
}

async function reopen(peer: LocalPeer, index: number, disk: MemoryStore['disk'], random: Random): Promise<LocalPeer> {
  await peer.journal.settled()
  ;(peer.store as MemoryStore).kill()
  return await localPeer(index + 1, { store: new MemoryStore(disk), random: seededRandom(random.below(2 ** 31)) })
}

/** Own entries of a run in the current incarnation, said anew in their order. */
async function checkpoint(peer: LocalPeer, random: Random): Promise<void> {
  const { journal } = peer
  const line = journal.lines.all.find((one) => journal.isOwnCurrent(one.journal) && one.parent === undefined)
  if (line === undefined || line.head.sequence < 3 || journal.lines.named(line.name).length > 1) return
  const from = 1 + random.below(line.head.sequence - 1)
  const to = from + random.below(line.head.sequence - from + 1)
  const references = Array.from({ length: to - from + 1 }, (_, k) => ({
    journal: { ...idOf(peer), kind: 'data' as const },
    sequence: from + k,
  }))
  const held = await journal.read(references)
  if (held.length === 0) return
  const body = utf8(held.map((entry) => fromUtf8(entry.body)).join(''))
  await journal.append([
    { kind: 'text.checkpoint', body, supersedes: [{ incarnation: journal.incarnation, ranges: [[from, to]] }] },
  ])
}

const idOf = ({ journal }: LocalPeer): { device: typeof journal.key.device; incarnation: string } => ({
  device: journal.key.device,
  incarnation: journal.incarnation,
})

/** Every text that stands in a peer's records, whether in its entry or in a checkpoint. */
async function standing(peer: LocalPeer): Promise<Set<string>> {
  const texts = new Set<string>()
  for await (const [, value] of peer.store.entries({ gte: utf8('pt'), lt: utf8('pu') })) {
    for (const part of fromUtf8(value).split(';')) if (part !== '') texts.add(`${part};`)
  }
  return texts
}

describe('random histories', () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    'J3 J8 J9 J11 seed %i: all peers hold the same, and nothing written is lost',
    async (seed) => {
      const { peers, written } = await runHistory(seed)
      const [first, ...others] = peers
      if (first === undefined) throw new Error('no peers')
      const expected = first.journal.frontier.items().length
      for (const peer of others) {
        expect(peer.journal.frontier.items().length).toBe(expected)
        expect(peer.journal.frontier.root).toEqual(first.journal.frontier.root)
      }
      for (const peer of peers) {
        expect(peer.journal.waiting).toBe(0)
        expect(await standing(peer)).toEqual(written)
      }
    },
  )
})
