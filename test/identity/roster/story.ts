import { concatBytes, toHex, utf8 } from '../../../src/base/bytes.ts'
import { encodeCbor } from '../../../src/base/cbor.ts'
import { sha256 } from '../../../src/base/hash.ts'
import type { DeviceId } from '../../../src/base/ids.ts'
import type { DeviceKey, Verify } from '../../../src/identity/index.ts'
import { deviceKeyFromSeed, verifySignature } from '../../../src/identity/index.ts'
import type {
  Act,
  Cut,
  JoinRequest,
  Role,
  Roster,
  RosterEntry,
  SignedGrant,
} from '../../../src/identity/roster/index.ts'
import {
  consentToLink,
  encodeAct,
  foundedSpace,
  inviteKey,
  requestJoin,
  resolveRoster,
  signGrant,
} from '../../../src/identity/roster/index.ts'

/** One device of a story: what it knows, and its journal. */
export interface Actor {
  readonly name: string
  readonly key: DeviceKey
  readonly device: DeviceId
  readonly known: Set<RosterEntry>
  incarnation: string
  last: RosterEntry | undefined
}

const keys = new Map<string, DeviceKey>()

export function keyOf(name: string): DeviceKey {
  const known = keys.get(name)
  if (known !== undefined) return known
  const key = deviceKeyFromSeed(sha256(utf8(name)))
  keys.set(name, key)
  return key
}

const nonce = sha256(utf8('nonce'))
export const space = foundedSpace(keyOf('alice').device, nonce)
const verified = new Map<string, boolean>()
/** The same people sign the same things in every story. */
const verifyOnce: Verify = (publicKey, bytes, signature) => {
  const key = toHex(concatBytes(publicKey, signature, sha256(bytes)))
  const known = verified.get(key) ?? verifySignature(publicKey, bytes, signature)
  verified.set(key, known)
  return known
}

const grants = new Map<string, SignedGrant>()
const requests = new Map<string, JoinRequest>()

export const seedOf = (name: string): Uint8Array => sha256(utf8(`seed ${name}`)).subarray(0, 16)

/** What the acts are without the id that the story gives. */
export type Said = Act extends infer A ? (A extends Act ? Omit<A, 'id'> : never) : never

/** People who write membership entries with and without knowing of each other. The founder is alice. */
export class Story {
  readonly all = new Set<RosterEntry>()
  readonly actors = new Map<string, Actor>()
  readonly #linked = new Map<string, string[]>()
  #drawn = 0

  constructor() {
    this.say('alice', { kind: 'swarm.found', name: 'Studio', person: 'Alice', machine: "alice's desk", nonce })
  }

  actor(name: string): Actor {
    const known = this.actors.get(name)
    if (known !== undefined) return known
    const key = keyOf(name)
    const incarnation = '00'.repeat(8)
    const actor: Actor = { name, key, device: key.device, known: new Set(), incarnation, last: undefined }
    this.actors.set(name, actor)
    return actor
  }

  id = (name: string): DeviceId => this.actor(name).device

  /** An entry by an actor, right or wrong. */
  say(
    name: string,
    said: Said,
    change: { readonly id?: Uint8Array; readonly unseen?: readonly RosterEntry[] } = {},
  ): RosterEntry {
    const id = change.id ?? sha256(utf8(`id ${++this.#drawn}`)).subarray(0, 16)
    const act = { ...said, id } as Act
    return this.write(name, act.kind, encodeAct(act), change.unseen)
  }

  write(name: string, kind: string, body: Uint8Array, unseen: readonly RosterEntry[] = []): RosterEntry {
    const actor = this.actor(name)
    const seen = [...actor.known].filter((entry) => entry !== actor.last && !unseen.includes(entry))
    const causes = actor.last === undefined ? seen : [actor.last, ...seen]
    const covered = new Set(causes.flatMap(({ after }) => after.map(toHex)))
    const after = causes
      .filter((entry) => entry === actor.last || !covered.has(toHex(entry.hash)))
      .map(({ hash }) => hash)
    const place = {
      device: actor.device,
      incarnation: actor.incarnation,
      kind,
      sequence: (actor.last?.sequence ?? 0) + 1,
      lamport: 1 + Math.max(0, ...causes.map(({ lamport }) => lamport)),
      after,
      body,
    }
    const entry = { ...place, hash: sha256(encodeCbor(place)) }
    actor.last = entry
    actor.known.add(entry)
    this.all.add(entry)
    return entry
  }

  /** The actor goes on in a new incarnation, as a copied store does. */
  reincarnate(name: string): void {
    const actor = this.actor(name)
    actor.incarnation = toHex(sha256(utf8(`${name} ${++this.#drawn}`)).subarray(0, 8))
    actor.last = undefined
  }

  /** Each of them learns all that any of them knows. */
  meet(...names: readonly string[]): void {
    const actors = names.length === 0 ? [...this.actors.values()] : names.map((name) => this.actor(name))
    const known = new Set(actors.flatMap((actor) => [...actor.known]))
    for (const actor of actors) for (const entry of known) actor.known.add(entry)
  }

  grant(inviter: string, seed: string, role: Role = 'member', uses = 1): SignedGrant {
    const memo = `${inviter} ${seed} ${role} ${uses}`
    const known = grants.get(memo)
    if (known !== undefined) return known
    const grant = { invite: inviteKey(seedOf(seed)).publicKey, role, uses, expires: 1_900_000_000_000 }
    const signed = signGrant(this.actor(inviter).key, space, grant)
    grants.set(memo, signed)
    return signed
  }

  invite(inviter: string, seed: string, role: Role = 'member', uses = 1): RosterEntry {
    const { granted: _granted, inviter: _inviter, ...grant } = this.grant(inviter, seed, role, uses)
    return this.say(inviter, { kind: 'invite.create', ...grant })
  }

  revoke(by: string, inviter: string, seed: string): RosterEntry {
    const { invite } = this.grant(inviter, seed)
    return this.say(by, { kind: 'invite.revoke', invite, inviter: this.id(inviter) })
  }

  /** Somebody admits the bearer of a link, who then knows what the admitter knows. */
  admit(admitter: string, joiner: string, grant: SignedGrant, seed: string): RosterEntry {
    const { key } = this.actor(joiner)
    const memo = `${joiner} ${seed} ${toHex(grant.granted)}`
    const known = requests.get(memo)
    const request =
      known ??
      requestJoin({
        space,
        grant,
        seed: seedOf(seed),
        key,
        person: joiner,
        machine: `${joiner}'s machine`,
      })
    requests.set(memo, request)
    const entry = this.say(admitter, { kind: 'person.admit', ...request })
    this.meet(admitter, joiner)
    return entry
  }

  /** Invites and admits in one go, with everybody present. */
  join(inviter: string, joiner: string, role: Role = 'member'): RosterEntry {
    const entry = this.admit(inviter, joiner, this.grant(inviter, `for ${joiner}`, role), `for ${joiner}`)
    this.meet()
    return entry
  }

  link(by: string, person: string, device: string): RosterEntry {
    const { key } = this.actor(device)
    const machine = `${device}'s machine`
    const consent = consentToLink(key, space, this.id(person), machine)
    const entry = this.say(by, { kind: 'device.link', person: this.id(person), device: key.device, machine, consent })
    this.#linked.set(person, [...(this.#linked.get(person) ?? []), device])
    this.meet(by, device)
    return entry
  }

  role(by: string, person: string, role: Role): RosterEntry {
    return this.say(by, {
      kind: 'person.role',
      person: this.id(person),
      role,
      cuts: this.cuts(by, ...this.devicesOf(person)),
    })
  }

  remove(by: string, person: string, cuts: readonly Cut[] = this.cuts(by, ...this.devicesOf(person))): RosterEntry {
    return this.say(by, { kind: 'person.remove', person: this.id(person), cuts })
  }

  removeDevice(by: string, device: string, cuts: readonly Cut[] = this.cuts(by, device)): RosterEntry {
    return this.say(by, { kind: 'device.remove', device: this.id(device), cuts })
  }

  confirm(by: string, device: string): RosterEntry {
    return this.say(by, { kind: 'device.confirm', device: this.id(device) })
  }

  leave(name: string): RosterEntry {
    return this.say(name, { kind: 'device.leave', cuts: this.cuts(name, name) })
  }

  /** Those that were ever linked to somebody, rightly or not, as well. */
  devicesOf(person: string): readonly string[] {
    return [person, ...(this.#linked.get(person) ?? [])]
  }

  /** The heads that an actor knows of some devices. */
  cuts(by: string, ...devices: readonly string[]): readonly Cut[] {
    const heads = new Map<string, RosterEntry>()
    const ids = new Set(devices.map(this.id))
    for (const entry of this.actor(by).known) {
      const key = `${entry.device} ${entry.incarnation}`
      if (ids.has(entry.device) && entry.sequence > (heads.get(key)?.sequence ?? 0)) heads.set(key, entry)
    }
    return [...heads.values()].map(({ device, incarnation, sequence, hash }) => ({
      device,
      incarnation,
      journal: 'members',
      sequence,
      hash,
    }))
  }

  roster(entries: Iterable<RosterEntry> = this.all): Roster {
    return resolveRoster(entries, { space, verify: verifyOnce })
  }

  /** `name: role state` of each device, as short as tests can read. */
  shown(roster = this.roster()): Readonly<Record<string, string>> {
    return Object.fromEntries(
      [...this.actors.values()].flatMap(({ name, device }) => {
        const found = roster.devices.get(device)
        return found === undefined ? [] : [[name, `${found.role} ${found.state}`]]
      }),
    )
  }

  stands(entry: RosterEntry, roster = this.roster()): boolean {
    return roster.counts({ ...entry, journal: 'members' }).counts
  }
}

/** A cut or place in a data journal whose hashes are made up of branch and sequence. */
export function dataPlace(device: DeviceId, sequence: number, branch = ''): Cut {
  const hash = sha256(concatBytes(utf8(`${device} ${branch} ${sequence}`)))
  return { device, incarnation: '00'.repeat(8), journal: 'data', sequence, hash }
}
