import { compareBytes, toHex } from '../../base/bytes.ts'
import { decodeCborList, encodeCbor } from '../../base/cbor.ts'
import { HYBRID_BYTES } from '../../base/hybrid-clock.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { NodeId, VersionId } from './node-ids.ts'
import { idBytes, nodeIdOf, ROOT } from './node-ids.ts'

/** The latest version that one device made of a file. */
export interface DeviceVersion {
  readonly id: VersionId
  readonly order: Uint8Array
  readonly by: DeviceId
  /** Its author's wall time in milliseconds. */
  readonly at: number
  readonly size: number
  /** SHA-256 of the whole, in hex. */
  readonly hash: string
  /** Another version was made from it. */
  readonly replaced: boolean
}

/**
 * What is known of a file or folder. Each part only ever moves forward in the order of statements, but for `parent` and
 * `moved`, which the log of moves decides; so the outcome is the same in whatever order statements come.
 */
export interface NodeState {
  /** Undefined while nobody is known to have made it: things that others put there are shown all the same. */
  readonly made:
    | {
        readonly type: 'file' | 'folder'
        readonly by: DeviceId
        readonly at: number
        readonly order: Uint8Array
        /** Where it was made. */
        readonly parent: NodeId
      }
    | undefined
  readonly parent: NodeId
  /** Order of the move that brought it there; it stands in the log. */
  readonly moved: Uint8Array | undefined
  readonly name: string
  readonly named: Uint8Array | undefined
  readonly copies: { readonly order: Uint8Array; readonly value: number | null } | undefined
  /** One for each device that ever wrote to it. */
  readonly versions: readonly DeviceVersion[]
}

/** What holds things whose folder nobody is known to have made. */
export const FOUND_NAME = 'Recovered'

export const UNMADE: NodeState = {
  made: undefined,
  parent: ROOT,
  moved: undefined,
  name: FOUND_NAME,
  named: undefined,
  copies: undefined,
  versions: [],
}

/** A file whose making is unknown is one all the same. */
export function typeOf(state: NodeState): 'file' | 'folder' {
  return state.made?.type ?? (state.versions.length > 0 ? 'file' : 'folder')
}

/** Orders a thing among others of its name: what was made first comes first, and what nobody made last. */
export function madeOrder(state: Pick<NodeState, 'made'>): Uint8Array {
  return state.made?.order ?? LAST
}

const LAST = new Uint8Array(28).fill(0xff)

/**
 * The versions that nobody built upon, the latest first: more than one where a file was changed in two places at the same
 * time. Equal bytes are one.
 */
export function headsOf({ versions }: Pick<NodeState, 'versions'>): readonly DeviceVersion[] {
  const sorted = [...versions].sort((a, b) => compareBytes(b.order, a.order))
  const open = sorted.filter(({ replaced }) => !replaced)
  const heads = open.length === 0 ? sorted.slice(0, 1) : open
  return heads.filter((head, index) => heads.findIndex(({ hash }) => hash === head.hash) === index)
}

export function isLater(order: Uint8Array, than: Uint8Array | undefined): boolean {
  return than === undefined || compareBytes(order, than) > 0
}

/**
 * Most nodes are as they were made: what is the same as at the making is left out, since folders are listed by reading this
 * of everything that is in them.
 */
export function encodeNode(state: NodeState): Uint8Array {
  const { made, parent, moved, name, named, copies, versions } = state
  return encodeCbor([
    made === undefined
      ? null
      : [made.type === 'file', made.by, made.at, made.order, made.parent === parent ? null : idBytes(made.parent)],
    idBytes(parent),
    moved ?? null,
    name,
    named === undefined ? null : isSame(named, made?.order) ? true : named,
    copies === undefined ? null : [copies.order, copies.value],
    versions.map(({ order, by, at, size, hash, replaced }) => [
      size,
      Buffer.from(hash, 'hex'),
      replaced,
      ...(isSame(order, made?.order) ? [] : [order, by, at]),
    ]),
  ])
}

function isSame(order: Uint8Array, than: Uint8Array | undefined): boolean {
  return than !== undefined && compareBytes(order, than) === 0
}

type Stored = readonly [
  made: readonly [isFile: boolean, by: DeviceId, at: number, order: Uint8Array, parent: Uint8Array | null] | null,
  parent: Uint8Array,
  moved: Uint8Array | null,
  name: string,
  named: Uint8Array | true | null,
  copies: readonly [order: Uint8Array, value: number | null] | null,
  versions: readonly (readonly [
    size: number,
    hash: Uint8Array,
    replaced: boolean,
    order?: Uint8Array,
    by?: DeviceId,
    at?: number,
  ])[],
]

/** Reads what `encodeNode` wrote. */
export function decodeNode(value: Uint8Array): NodeState {
  const [first, above, moved, name, given, copies, versions] = decodeCborList(value) as unknown as Stored
  const parent = nodeIdOf(above)
  const made = first === null ? undefined : readMade(first, parent)
  return {
    made,
    parent,
    moved: moved ?? undefined,
    name,
    named: given === true ? made?.order : (given ?? undefined),
    copies: copies === null ? undefined : { order: copies[0], value: copies[1] },
    versions: versions.map((version) => readVersion(version, made)),
  }
}

function readMade(
  [isFile, by, at, order, where]: NonNullable<Stored[0]>,
  parent: NodeId,
): NonNullable<NodeState['made']> {
  return { type: isFile ? 'file' : 'folder', by, at, order, parent: where === null ? parent : nodeIdOf(where) }
}

function readVersion(
  [size, hash, replaced, ownOrder, ownBy, ownAt]: Stored[6][number],
  made: NodeState['made'],
): DeviceVersion {
  const order = ownOrder ?? made?.order
  const by = ownBy ?? made?.by
  if (order === undefined || by === undefined) throw new RangeError('a stored version that nobody made')
  const id = nodeIdOf(order.subarray(HYBRID_BYTES)) as string as VersionId
  return { id, order, by, at: ownAt ?? made?.at ?? 0, size, hash: toHex(hash), replaced }
}
