import type { DeviceLink } from '../../api/contract/index.ts'
import { toHex } from '../../base/bytes.ts'
import type { Clock } from '../../base/clock.ts'
import type { SpaceId } from '../../base/ids.ts'
import type { Random } from '../../base/random.ts'
import { verifySignature } from '../../identity/index.ts'
import type { EntryRefusal, LinkRequest } from '../../identity/roster/index.ts'
import { encodeDeviceLink, inviteKey, isLinkRequest, RIGHTS, SEED_BYTES } from '../../identity/roster/index.ts'
import { NotAllowedError } from './errors.ts'
import type { MemberActs } from './member-acts.ts'
import type { RosterState } from './roster-state.ts'

/** Long enough to walk to the other machine. */
const LINK_MS = 15 * 60_000
/** Of those that wait to be used: older ones give way. */
const MAX_LINKS = 8

export interface DeviceLinksOptions {
  readonly space: SpaceId
  readonly state: RosterState
  readonly acts: MemberActs
  readonly clock: Clock
  readonly random: Random
  readonly swarmName: () => string
  readonly addresses: () => readonly string[]
}

/** Links with which further machines of a person come in, each once. They end with this process. */
export class DeviceLinks {
  readonly #options: DeviceLinksOptions
  /** When each ends, by the public key of its seed. */
  readonly #open = new Map<string, number>()

  constructor(options: DeviceLinksOptions) {
    this.#options = options
  }

  create(): DeviceLink {
    const { acts, addresses, clock, random, space, swarmName } = this.#options
    const own = acts.own()
    if (!RIGHTS[own.role].link)
      throw new NotAllowedError('a machine without a person links no further ones: invite them')
    const seed = random.bytes(SEED_BYTES)
    const expires = Math.floor(clock.now()) + LINK_MS
    this.#open.set(toHex(inviteKey(seed).publicKey), expires)
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MAX_LINKS) break
      this.#open.delete(oldest)
    }
    const link = encodeDeviceLink({ space, seed, person: own.person, name: swarmName(), addresses: addresses() })
    return { link, expires }
  }

  /** Lets in the one who bears a link that was made here. */
  async answer(request: LinkRequest): Promise<EntryRefusal | undefined> {
    const { acts, clock, space, state } = this.#options
    const name = toHex(request.link)
    const expires = this.#open.get(name)
    if (expires === undefined || !isLinkRequest(space, request, verifySignature)) return 'link'
    if (clock.now() >= expires) return 'expired'
    if (state.self?.state !== 'active' || request.person !== state.self.person) return 'admitter'
    if (state.current.devices.has(request.device)) return 'member'
    this.#open.delete(name)
    const { consent, device, machine, person } = request
    await acts.write({ kind: 'device.link', person, device, machine, consent })
    return state.current.devices.get(device)?.state === 'active' ? undefined : 'forged'
  }
}
