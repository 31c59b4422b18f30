import { compareBytes } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor } from '../base/cbor.ts'
import type { DeviceId } from '../base/ids.ts'
import type { BodyOf } from './bodies.ts'

/** A statement with the order it has among its like: the latest counts. */
interface Latest<T> {
  readonly order: Uint8Array
  readonly value: T
}

/**
 * What is known of a channel. Each part only ever moves forward, so the outcome is the same in whatever order
 * statements come, and however often. A channel that nobody is known to have made is not shown.
 */
export interface ChannelState {
  readonly created?: { readonly by: DeviceId; readonly at: number }
  readonly name?: Latest<string>
  readonly deleted?: Uint8Array
}

type ChannelBody = BodyOf<'channel.create' | 'channel.rename' | 'channel.delete'>

/**
 * The state with `body` taken in; the same object where it says nothing new.
 * @param order the body's clock and id: equal only for the same body of the same device
 */
export function reduceChannel(
  state: ChannelState,
  body: ChannelBody,
  order: Uint8Array,
  device: DeviceId,
): ChannelState {
  if (body.kind === 'channel.delete') return isLater(order, state.deleted) ? { ...state, deleted: order } : state
  const named = isLater(order, state.name?.order) ? { ...state, name: { order, value: body.name } } : state
  if (body.kind === 'channel.rename' || state.created !== undefined) return named
  return { ...named, created: { by: device, at: body.at } }
}

/** A name that was given after the deletion, in the order of all statements, brings the channel back. */
export function isDeleted(state: ChannelState): boolean {
  return isLater(state.deleted, state.name?.order)
}

export function isLater(order: Uint8Array | undefined, than: Uint8Array | undefined): boolean {
  if (order === undefined) return false
  return than === undefined || compareBytes(order, than) > 0
}

export function encodeChannel(state: ChannelState): Uint8Array {
  return encodeCbor({
    at: state.created?.at,
    by: state.created?.by,
    name: state.name?.value,
    named: state.name?.order,
    deleted: state.deleted,
  })
}

/** Reads what `encodeChannel` wrote. */
export function decodeChannel(value: Uint8Array | undefined): ChannelState {
  const fields = value === undefined ? undefined : decodeCborMap(value, value.length)
  if (fields === undefined) return {}
  const [at, by, name] = [fields.get('at'), fields.get('by'), fields.get('name')]
  const [named, deleted] = [fields.get('named'), fields.get('deleted')]
  return {
    ...(typeof at === 'number' && typeof by === 'string' ? { created: { by: by as DeviceId, at } } : {}),
    ...(typeof name === 'string' && named instanceof Uint8Array ? { name: { order: named, value: name } } : {}),
    ...(deleted instanceof Uint8Array ? { deleted } : {}),
  }
}
