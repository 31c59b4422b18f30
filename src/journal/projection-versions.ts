import { concatBytes, fromUtf8, utf8 } from '../base/bytes.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { Projection } from './projection.ts'

/** Has everything applied anew where a projection's stored state was made by another version of its code. */
export async function resetWhereOutdated(options: {
  readonly store: RecordStore
  readonly prefix: Uint8Array
  readonly projections: readonly Projection[]
  readonly reset: () => Promise<void>
}): Promise<void> {
  const key = concatBytes(options.prefix, utf8('mv'))
  const wanted = options.projections.map((projection) => `${projection.name} ${projection.version}`).join('\n')
  const stored = await options.store.get(key)
  if (stored !== undefined && fromUtf8(stored) === wanted) return
  if (stored !== undefined) await options.reset()
  await options.store.write([{ type: 'put', key, value: utf8(wanted) }], { durable: false })
}
