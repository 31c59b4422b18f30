import type { Disposable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { Documents } from '../documents/index.ts'
import { SessionNotFoundError } from './errors.ts'
import type { ApiConnection } from './service.ts'

/** Which connection holds which editor session: it alone hears of it, and the session ends with the connection. */
export class DocumentSessions {
  readonly #holders = new Map<string, ApiConnection>()

  hold(session: string, connection: ApiConnection, end: () => void): void {
    this.#holders.set(session, connection)
    connection.closed.addEventListener(
      'abort',
      () => {
        if (this.#holders.delete(session)) end()
      },
      { once: true },
    )
  }

  release(session: string): void {
    this.#holders.delete(session)
  }

  /** @throws SessionNotFoundError where the connection does not hold the session */
  require(session: string, connection: ApiConnection): string {
    if (this.#holders.get(session)?.id !== connection.id) throw new SessionNotFoundError()
    return session
  }

  /** Passes what happens in sessions to those who hold them. */
  listen({ events }: Documents): Disposable {
    const disposables = new DisposableStore()
    disposables.add(
      events.on('document:updated', ({ session, update }) => {
        this.#holders.get(session)?.emit('document:updated', { session, update })
      }),
    )
    disposables.add(
      events.on('document:presence', ({ session, state }) => {
        this.#holders.get(session)?.emit('document:presence', { session, state })
      }),
    )
    disposables.add(
      events.on('document:reset', ({ reason, session }) => {
        this.#holders.get(session)?.emit('document:reset', { session, reason })
        this.#holders.delete(session)
      }),
    )
    return disposables
  }
}
