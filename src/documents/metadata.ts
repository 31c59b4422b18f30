import { decodeCborMap, encodeCbor } from '../base/cbor.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Entry } from '../journal/entry-types.ts'
import type { Body } from './bodies.ts'

/** Where an entry stands among all: by Lamport number, then device. */
export interface Order {
  readonly lamport: number
  readonly device: DeviceId
}

interface Register<T> {
  readonly order: Order
  readonly value: T
}

/** Wall time, for display. */
interface Moment {
  readonly order: Order
  readonly time: number
}

/** What is known of a document apart from its content. Each field goes by the order of entries, whatever came first. */
export interface Metadata {
  readonly title?: Register<string>
  readonly deleted?: Register<boolean>
  /** The first entry that made it. */
  readonly created?: Moment
  /** The last entry about it. */
  readonly changed?: Moment
}

export const UNKNOWN_DOCUMENT: Metadata = {}

export function compareOrders(a: Order, b: Order): number {
  return a.lamport - b.lamport || (a.device < b.device ? -1 : a.device > b.device ? 1 : 0)
}

/** What an entry makes of it; the same object where it changes nothing. */
export function withEntry(metadata: Metadata, entry: Pick<Entry, 'device' | 'lamport' | 'time'>, body: Body): Metadata {
  const { device, lamport, time } = entry
  const order = { lamport, device }
  const changed = isAfter(order, metadata.changed) && body.kind !== 'document.checkpoint' ? { order, time } : undefined
  const next = changed === undefined ? metadata : { ...metadata, changed }
  switch (body.kind) {
    case 'document.create':
      return {
        ...withTitle(next, order, body.title),
        ...(metadata.created === undefined || compareOrders(order, metadata.created.order) < 0
          ? { created: { order, time } }
          : {}),
      }
    case 'document.rename':
      return withTitle(next, order, body.title)
    case 'document.delete':
    case 'document.restore':
      return isAfter(order, metadata.deleted)
        ? { ...next, deleted: { order, value: body.kind === 'document.delete' } }
        : next
    default:
      return next
  }
}

/** Only a forked journal has two entries in one place: then the titles themselves decide. */
function withTitle(metadata: Metadata, order: Order, title: string): Metadata {
  const known = metadata.title
  const isTie = known !== undefined && compareOrders(order, known.order) === 0
  const wins = isTie ? title > known.value : isAfter(order, known)
  return wins ? { ...metadata, title: { order, value: title } } : metadata
}

function isAfter(order: Order, known: { readonly order: Order } | undefined): boolean {
  return known === undefined || compareOrders(order, known.order) > 0
}

/** Own records only: what can't be read is as if it was not there. */
export function decodeMetadata(bytes: Uint8Array | undefined): Metadata {
  const fields = bytes === undefined ? undefined : decodeCborMap(bytes, 16_384)
  if (fields === undefined) return UNKNOWN_DOCUMENT
  const title = fields.get('title') as Packed<string> | undefined
  const deleted = fields.get('deleted') as Packed<boolean> | undefined
  const created = fields.get('created') as Packed<number> | undefined
  const changed = fields.get('changed') as Packed<number> | undefined
  return {
    ...(title === undefined ? {} : { title: { order: orderOf(title), value: title[2] } }),
    ...(deleted === undefined ? {} : { deleted: { order: orderOf(deleted), value: deleted[2] } }),
    ...(created === undefined ? {} : { created: { order: orderOf(created), time: created[2] } }),
    ...(changed === undefined ? {} : { changed: { order: orderOf(changed), time: changed[2] } }),
  }
}

export function encodeMetadata({ changed, created, deleted, title }: Metadata): Uint8Array {
  return encodeCbor({
    title: title && pack(title.order, title.value),
    deleted: deleted && pack(deleted.order, deleted.value),
    created: created && pack(created.order, created.time),
    changed: changed && pack(changed.order, changed.time),
  })
}

type Packed<T> = readonly [lamport: number, device: string, value: T]

function pack<T>({ device, lamport }: Order, value: T): Packed<T> {
  return [lamport, device, value]
}

function orderOf([lamport, device]: Packed<unknown>): Order {
  return { lamport, device: device as DeviceId }
}
