import { messageOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Transaction } from '../store/transaction.ts'
import type { Entry } from './entry-types.ts'
import type { Projection } from './projection.ts'

/** Brings entries to those projections that read them. */
export class Projecting {
  readonly #logger: Logger
  readonly #isStoreFailure: (error: unknown) => boolean

  constructor(options: { readonly logger: Logger; readonly isStoreFailure: (error: unknown) => boolean }) {
    this.#logger = options.logger
    this.#isStoreFailure = options.isStoreFailure
  }

  /** @returns what to do once the transaction is committed */
  async apply(
    projections: readonly Projection[],
    entries: readonly Entry[],
    transaction: Transaction,
  ): Promise<readonly (readonly [Projection, () => void])[]> {
    const announce: (readonly [Projection, () => void])[] = []
    for (const projection of projections) {
      const share = entries.filter(
        ({ journal, kind }) => projection.kinds.includes(kind) || projection.journals === journal.kind,
      )
      if (share.length > 0) announce.push([projection, await this.#applyShare(projection, share, transaction)])
    }
    return announce
  }

  /** A failure of a projection costs the entry that caused it, never those beside it. */
  async #applyShare(projection: Projection, share: readonly Entry[], transaction: Transaction): Promise<() => void> {
    const attempt = transaction.fork()
    try {
      const say = await projection.apply(share, attempt)
      transaction.merge(attempt)
      return say
    } catch (error) {
      if (this.#isStoreFailure(error)) throw error
      const [only, ...others] = share
      if (only === undefined || others.length === 0) {
        this.#logger.error(
          { projection: projection.name, kind: only?.kind, device: only?.device, sequence: only?.sequence },
          `an entry could not be applied and is left out: ${messageOf(error)}`,
        )
        return () => undefined
      }
      const half = Math.ceil(share.length / 2)
      const first = await this.#applyShare(projection, share.slice(0, half), transaction)
      const second = await this.#applyShare(projection, share.slice(half), transaction)
      return () => {
        first()
        second()
      }
    }
  }
}
