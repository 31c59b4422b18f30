import { concatBytes, toHex, utf8 } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import type { SpaceId } from '../../base/ids.ts'
import type { Random } from '../../base/random.ts'
import type { Invite } from '../../api/contract/index.ts'
import type { DeviceKey } from '../../identity/index.ts'
import type { Role, RosterInvite } from '../../identity/roster/index.ts'
import {
  decodeInviteLink,
  encodeInviteLink,
  inviteKey,
  isWithin,
  RIGHTS,
  ROLES,
  SEED_BYTES,
  signGrant,
} from '../../identity/roster/index.ts'
import type { RecordStore } from '../../store/index.ts'
import { NotAllowedError, NotFoundError } from './errors.ts'
import type { MemberActs } from './member-acts.ts'
import type { RosterState } from './roster-state.ts'

/** Seeds of the invites that this machine made, by the invite's id. */
const PREFIX = utf8('is')
const WEEK_MS = 7 * 86_400_000

export interface InvitesOptions {
  readonly space: SpaceId
  readonly key: DeviceKey
  readonly store: RecordStore
  readonly state: RosterState
  readonly acts: MemberActs
  readonly clock: Clock
  readonly random: Random
  /** The swarm's name and where members are found now, for links. */
  readonly swarmName: () => string
  readonly addresses: () => readonly string[]
}

/** The invites of a swarm: made here, taken back, looked through. */
export class Invites {
  readonly #options: InvitesOptions

  constructor(options: InvitesOptions) {
    this.#options = options
  }

  /** @param options.lifetime milliseconds from now */
  async create(options: { readonly role?: Role; readonly uses?: number; readonly lifetime?: number }): Promise<Invite> {
    const { acts, clock, key, random, space, state, store } = this.#options
    const { role = 'member', uses = 1, lifetime = WEEK_MS } = options
    const own = acts.own()
    if (!isWithin(role, RIGHTS[own.role].invite)) {
      throw new NotAllowedError(`as ${own.role} you may not invite somebody to be ${role}`)
    }
    const seed = random.bytes(SEED_BYTES)
    const grant = { invite: inviteKey(seed).publicKey, role, uses, expires: Math.floor(clock.now()) + lifetime }
    await store.write([{ type: 'put', key: concatBytes(PREFIX, grant.invite), value: seed }], { durable: true })
    await acts.write({ kind: 'invite.create', ...grant })
    const made = state.current.invites.find(({ invite }) => toHex(invite) === toHex(grant.invite))
    if (made === undefined) throw new Error(`an invite in ${space} by ${key.device} does not stand`)
    return await this.#present(made)
  }

  /** Those that can still be used first, then by when they end. */
  async list(): Promise<readonly Invite[]> {
    const all = await Promise.all(this.#options.state.current.invites.map((invite) => this.#present(invite)))
    return all.sort((a, b) => Number(b.state === 'open') - Number(a.state === 'open') || b.expires - a.expires)
  }

  /** @param text an id, the beginning of one, or a link */
  async revoke(text: string): Promise<void> {
    const { acts } = this.#options
    const invite = this.#find(text)
    if (invite.state === 'revoked') return
    if (!this.#mayRevoke(invite)) throw new NotAllowedError('only owners and admins take back what others invited')
    await acts.write({ kind: 'invite.revoke', invite: invite.invite, inviter: invite.inviter })
  }

  #find(text: string): RosterInvite {
    const all = this.#options.state.current.invites
    const id = /^[0-9a-f]{4,64}$/i.test(text) ? text.toLowerCase() : toHex(decodeInviteLink(text).grant.invite)
    const [found, second] = all.filter(({ invite }) => toHex(invite).startsWith(id))
    if (found === undefined) throw new NotFoundError('no invite of that id is known here')
    if (second !== undefined) throw new NotFoundError('more than one invite begins like this: give more of its id')
    return found
  }

  #mayRevoke({ inviter, state }: RosterInvite): boolean {
    const { state: roster } = this.#options
    const own = roster.self
    if (own?.state !== 'active' || state === 'revoked') return false
    return RIGHTS[own.role].revoke === 'any' || roster.current.devices.get(inviter)?.person === own.person
  }

  async #present(invite: RosterInvite): Promise<Invite> {
    const { clock, state } = this.#options
    const inviter = state.current.devices.get(invite.inviter)
    const isOver = invite.state === 'open' && clock.now() >= invite.expires
    return {
      id: toHex(invite.invite),
      role: invite.role,
      uses: invite.uses,
      used: invite.used,
      expires: invite.expires,
      state: isOver ? 'expired' : invite.state,
      createdBy: state.current.people.get(inviter?.person ?? invite.inviter)?.name ?? inviter?.name ?? '',
      link: await this.#link(invite),
      mayRevoke: this.#mayRevoke(invite),
    }
  }

  async #link({ expires, invite, inviter, role, uses }: RosterInvite): Promise<string | null> {
    const { addresses, key, space, store, swarmName } = this.#options
    if (inviter !== key.device) return null
    const seed = await store.get(concatBytes(PREFIX, invite))
    if (seed === undefined) return null
    const grant = signGrant(key, space, { invite, role, uses, expires })
    return encodeInviteLink({ space, seed, grant, name: swarmName(), addresses: addresses() })
  }
}

/** The roles that this one may invite to, highest first. */
export function invitable(role: Role): readonly Role[] {
  return ROLES.filter((name) => isWithin(name, RIGHTS[role].invite)).reverse()
}
