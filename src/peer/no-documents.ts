import { Emitter } from '../base/emitter.ts'
import { InvalidInputError } from '../base/errors.ts'
import type { Documents } from '../documents/documents.ts'

/** Stands in until documents are joined in. */
export function noDocuments(): Documents {
  const refuse = async (): Promise<never> => {
    throw new InvalidInputError('documents are not joined in yet')
  }
  return {
    events: new Emitter(),
    start: async () => undefined,
    stop: async () => undefined,
    list: async () => [],
    create: refuse, rename: refuse, delete: refuse, restore: refuse, text: refuse, write: refuse, append: refuse,
    open: refuse, push: refuse, missing: refuse, setPresence: refuse, close: refuse,
  }
}
