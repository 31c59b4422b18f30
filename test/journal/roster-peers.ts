import { concatBytes, toHex, utf8 } from '../../src/base/bytes.ts'
import { sha256 } from '../../src/base/hash.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { DeviceKey, Verify } from '../../src/identity/device-key.ts'
import { deviceKeyFromSeed, verifySignature } from '../../src/identity/device-key.ts'
import type { Act, Cut, Role } from '../../src/identity/roster/index.ts'
import { encodeAct, foundedSpace, inviteKey, requestJoin, signGrant } from '../../src/identity/roster/index.ts'
import { journalsOf } from '../../src/journal/held-journals.ts'
import type { Draft } from '../../src/journal/journal.ts'
import type { LocalJournalOptions } from '../../src/journal/local-journal-options.ts'
import type { LocalJournal } from '../../src/journal/local-journal.ts'
import { MemoryStore } from '../../src/store/index.ts'
import type { LocalPeer } from './local-peers.ts'
import { localPeer, transfer } from './local-peers.ts'
import { RosterAuthority } from './roster-authority.ts'

/** People who belong, or not, by the real roster; the founder is alice. */
export interface RosterPeer extends LocalPeer {
  readonly name: string
  readonly store: MemoryStore
  readonly authority: RosterAuthority
}

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin']

export function seedOf(name: string): number {
  return 1 + NAMES.indexOf(name)
}

export const keyOf = (name: string): DeviceKey => deviceKeyFromSeed(new Uint8Array(32).fill(seedOf(name)))
export const idOf = (name: string): DeviceId => keyOf(name).device

const nonce = sha256(utf8('nonce'))
export const ROSTER_SPACE = foundedSpace(idOf('alice'), nonce)

const verified = new Map<string, boolean>()
/** Everybody checks the same signatures: each is checked for real once. */
export const verifyOnce: Verify = (publicKey, bytes, signature) => {
  const name = toHex(sha256(concatBytes(publicKey, signature, bytes)))
  const verdict = verified.get(name) ?? verifySignature(publicKey, bytes, signature)
  verified.set(name, verdict)
  return verdict
}

export async function rosterPeer(
  name: string,
  changes: Partial<Omit<LocalJournalOptions, 'store'>> & { readonly store?: MemoryStore; readonly salt?: number } = {},
): Promise<RosterPeer> {
  const { salt = 0, store = new MemoryStore(), ...others } = changes
  await store.start()
  const authority = new RosterAuthority({ space: ROSTER_SPACE, self: idOf(name), verify: verifyOnce })
  await authority.load(store)
  const peer = await localPeer(seedOf(name), {
    space: ROSTER_SPACE,
    store,
    authority,
    alsoFeeds: authority,
    verify: verifyOnce,
    random: seededRandom(seedOf(name) + 100 * salt),
    ...others,
  })
  return { ...peer, name, store, authority }
}

let drawn = 0

/** The act without its id. */
type Said = Act extends infer A ? (A extends Act ? Omit<A, 'id'> : never) : never

export async function say(peer: { readonly journal: Pick<LocalJournal, 'append'> }, said: Said): Promise<void> {
  await peer.journal.append([actDraft(said)])
}

export function actDraft(said: Said): Draft {
  const act = { ...said, id: sha256(utf8(`id ${++drawn}`)).subarray(0, 16) } as Act
  return { kind: act.kind, body: encodeAct(act), journal: 'members' }
}

export function foundingDraft(): Draft {
  return actDraft({ kind: 'swarm.found', name: 'Studio', person: 'Alice', machine: 'desk', nonce })
}

export function admissionDraft(name: string, role: Role): Draft {
  const seed = sha256(utf8(`seed ${name}`)).subarray(0, 16)
  const invite = { invite: inviteKey(seed).publicKey, role, uses: 1, expires: 1_900_000_000_000 }
  const grant = signGrant(keyOf('alice'), ROSTER_SPACE, invite)
  const request = requestJoin({
    ...{ space: ROSTER_SPACE, grant, seed, key: keyOf(name), person: name, machine: `${name}'s` },
  })
  return actDraft({ kind: 'person.admit', ...request })
}

/** Alice and those whom she let in, who know each other. */
export async function swarmOf(roles: Readonly<Record<string, Role>>): Promise<readonly RosterPeer[]> {
  const alice = await rosterPeer('alice')
  await alice.journal.append([foundingDraft()])
  const others: RosterPeer[] = []
  for (const [name, role] of Object.entries(roles)) {
    await alice.journal.append([admissionDraft(name, role)])
    others.push(await rosterPeer(name))
  }
  for (const other of others) await transfer(alice.journal, other.journal)
  return [alice, ...others]
}

/** Where a device's journals end, as far as a peer holds them. */
export function cutsBy(journal: LocalJournal, name: string): readonly Cut[] {
  return journalsOf(journal.lines, idOf(name)).map(({ hash, journal: { device, incarnation, kind }, sequence }) => ({
    device,
    incarnation,
    journal: kind,
    sequence,
    hash,
  }))
}

export async function remove(by: RosterPeer, name: string): Promise<void> {
  await say(by, { kind: 'person.remove', person: idOf(name), cuts: cutsBy(by.journal, name) })
}

export async function changeRole(by: RosterPeer, name: string, role: Role): Promise<void> {
  await say(by, { kind: 'person.role', person: idOf(name), role, cuts: cutsBy(by.journal, name) })
}

/** The process ends without a word, and another goes on with its disk. */
export async function reopen(peer: RosterPeer, salt: number): Promise<RosterPeer> {
  peer.store.kill()
  return await rosterPeer(peer.name, { store: new MemoryStore(peer.store.disk), salt })
}

/** All get all, in an order that differs from one to the other. */
export async function meet(peers: readonly RosterPeer[]): Promise<void> {
  for (let round = 0; round < 2; round++) {
    for (const from of peers) for (const to of peers) if (from !== to) await transfer(from.journal, to.journal)
  }
}
