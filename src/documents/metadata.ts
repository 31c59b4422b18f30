import { fromUtf8, utf8 } from '../base/bytes.ts'
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
  if (bytes === undefined) return UNKNOWN_DOCUMENT
  try {
    return JSON.parse(fromUtf8(bytes)) as Metadata
  } catch {
    return UNKNOWN_DOCUMENT
  }
}

/** Written with every entry: JSON is what Node encodes fastest. */
export function encodeMetadata(metadata: Metadata): Uint8Array {
  return utf8(JSON.stringify(metadata))
}
