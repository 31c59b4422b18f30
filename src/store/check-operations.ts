import { InvalidInputError } from '../base/errors.ts'
import type { Operation } from './record-store.ts'
import { MAX_KEY_BYTES } from './record-store.ts'

/** @throws InvalidInputError for a key that no store takes, before anything of the batch is queued */
export function checkOperations(operations: readonly Operation[]): void {
  for (const { key } of operations) {
    if (key.length === 0) throw new InvalidInputError('a record key may not be empty')
    if (key.length > MAX_KEY_BYTES) {
      throw new InvalidInputError(`a record key of ${key.length} bytes is longer than ${MAX_KEY_BYTES}`)
    }
  }
}
