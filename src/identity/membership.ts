import { compareBytes, fromHex, toHex } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor, isCborOf, readBytes, readText } from '../base/cbor.ts'
import type { DeviceId, SpaceId } from '../base/ids.ts'
import { MAX_NAME_BYTES, toName } from './names.ts'
import { isProof, proofOf } from './swarm-secret.ts'

/**
 * Who belongs, for now: whoever knows the swarm's secret. Each device says so in its own `members` journal with a proof
 * that every member checks for itself.
 */
export const MEMBER_KINDS = ['swarm.create', 'device.join', 'device.rename'] as const
export type MemberKind = (typeof MEMBER_KINDS)[number]

const MAX_BODY_BYTES = 2048

/** What the resolution needs of an entry. */
export interface MemberEntry {
  readonly kind: string
  readonly device: DeviceId
  /** Public key, 32 bytes. */
  readonly publicKey: Uint8Array
  readonly lamport: number
  readonly body: Uint8Array
}

export interface MemberDevice {
  readonly device: DeviceId
  /** The machine's name. */
  readonly name: string
}

export interface Membership {
  /** The swarm's name; undefined until the founder's word of it is here. */
  readonly name: string | undefined
  readonly devices: ReadonlyMap<DeviceId, MemberDevice>
}

export function encodeJoin(options: {
  readonly id: Uint8Array
  readonly name: string
  readonly publicKey: Uint8Array
  readonly secret: Uint8Array
  readonly space: SpaceId
}): Uint8Array {
  const proof = proofOf(options.secret, options.space, 'join', options.publicKey)
  return encodeCbor({ id: options.id, name: options.name, proof })
}

export function encodeName(options: { readonly id: Uint8Array; readonly name: string }): Uint8Array {
  return encodeCbor(options)
}

/** Whether a device may have said this: it holds a proof of the secret. */
export function readJoin(
  entry: MemberEntry,
  space: SpaceId,
  secret: Uint8Array,
): { readonly name: string } | undefined {
  const fields = decodeCborMap(entry.body, MAX_BODY_BYTES)
  const name = readText(fields?.get('name'), MAX_NAME_BYTES)
  const proof = readBytes(fields?.get('proof'), 32)
  const id = readBytes(fields?.get('id'), 16)
  if (name === undefined || proof === undefined || id === undefined) return undefined
  if (!isCborOf(entry.body, { id, name, proof })) return undefined
  return isProof(proof, proofOf(secret, space, 'join', entry.publicKey)) ? { name: toName(name) } : undefined
}

function readName(entry: MemberEntry): string | undefined {
  const fields = decodeCborMap(entry.body, MAX_BODY_BYTES)
  const name = readText(fields?.get('name'), MAX_NAME_BYTES)
  const id = readBytes(fields?.get('id'), 16)
  return name !== undefined && id !== undefined && isCborOf(entry.body, { id, name }) ? toName(name) : undefined
}

interface Stamped {
  readonly value: string
  readonly lamport: number
  readonly device: DeviceId
  /** Decides between two of one Lamport number, which a device writes whose folder ran twice. */
  readonly body: Uint8Array
}

/** Negative, zero or positive, as `a` was said before, with or after `b`: the same on every peer. */
function compareStamped(a: Stamped, b: Stamped): number {
  return a.lamport - b.lamport || compareBytes(a.body, b.body)
}

/** The membership that a set of entries makes, whatever their order and however often each is given. */
export function resolveMembership(
  entries: Iterable<MemberEntry>,
  options: { readonly space: SpaceId; readonly secret: Uint8Array },
): Membership {
  const state = new MembershipState(options)
  for (const entry of entries) state.add(entry)
  return state.current
}

/**
 * The membership that a set of entries makes, the same in any order of them: a device belongs once it proved the secret,
 * its latest name counts, and of several founders' names for the swarm the earliest does.
 */
export class MembershipState {
  readonly #space: SpaceId
  readonly #secret: Uint8Array
  readonly #admitted = new Set<string>()
  readonly #devices = new Map<DeviceId, Stamped>()
  readonly #deviceKeys = new Map<DeviceId, string>()
  /** The earliest word of each device. */
  readonly #swarmNames = new Map<DeviceId, Stamped>()
  /** Resolved when it is asked for, which is far more often than it changes. */
  #current: Membership | undefined

  constructor(options: { readonly space: SpaceId; readonly secret: Uint8Array }) {
    this.#space = options.space
    this.#secret = options.secret
  }

  add(entry: MemberEntry): void {
    this.#current = undefined
    const { body, device, lamport } = entry
    switch (entry.kind) {
      case 'device.join': {
        const join = readJoin(entry, this.#space, this.#secret)
        if (join === undefined) return
        this.#admitted.add(toHex(entry.publicKey))
        this.#nameDevice(entry, join.name)
        return
      }
      case 'device.rename': {
        const name = readName(entry)
        if (name !== undefined) this.#nameDevice(entry, name)
        return
      }
      case 'swarm.create': {
        const name = readName(entry)
        if (name === undefined) return
        const said = { value: name, lamport, device, body }
        const known = this.#swarmNames.get(device)
        if (known !== undefined && compareStamped(known, said) <= 0) return
        this.#swarmNames.set(device, said)
        this.#deviceKeys.set(device, toHex(entry.publicKey))
      }
    }
  }

  #nameDevice(entry: MemberEntry, value: string): void {
    const { body, device, lamport } = entry
    this.#deviceKeys.set(device, toHex(entry.publicKey))
    const known = this.#devices.get(device)
    const said = { value, lamport, device, body }
    if (known !== undefined && compareStamped(known, said) >= 0) return
    this.#devices.set(device, said)
  }

  /** @param publicKey 32 bytes */
  admits(publicKey: Uint8Array): boolean {
    return this.#admitted.has(toHex(publicKey))
  }

  #isAdmitted(device: DeviceId): boolean {
    const key = this.#deviceKeys.get(device)
    return key !== undefined && this.admits(fromHex(key))
  }

  get current(): Membership {
    this.#current ??= this.#resolve()
    return this.#current
  }

  #resolve(): Membership {
    const [first] = [...this.#swarmNames.values()]
      .filter(({ device }) => this.#isAdmitted(device))
      .sort((a, b) => a.lamport - b.lamport || (a.device < b.device ? -1 : 1))
    const devices = [...this.#devices.values()]
      .filter(({ device }) => this.#isAdmitted(device))
      .sort((a, b) => (a.device < b.device ? -1 : 1))
    return {
      name: first?.value,
      devices: new Map(devices.map(({ device, value }) => [device, { device, name: value }])),
    }
  }

  clear(): void {
    this.#current = undefined
    this.#admitted.clear()
    this.#devices.clear()
    this.#deviceKeys.clear()
    this.#swarmNames.clear()
  }
}
