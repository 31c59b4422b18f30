import { createApiClient, domPortChannel } from '../../src/api/client/index.ts'
import { LinkBase } from './link-base.ts'

/** How the desktop's main process hands over a fresh port, after start and after each restart of the peer. */
export const PORT_MESSAGE = 'murmuration:port'

/** The desktop's link: the main process restarts the peer by itself and sends another port. */
export class MessagePortLink extends LinkBase {
  readonly #onMessage = (event: MessageEvent<unknown>): void => {
    const port = event.ports[0]
    if (event.origin !== window.location.origin || event.data !== PORT_MESSAGE || port === undefined) return
    this.opened(createApiClient(domPortChannel(port)))
  }

  constructor() {
    super()
    window.addEventListener('message', this.#onMessage)
  }

  retryNow(): void {
    // The main process restarts the peer; there is nothing that a page could do to hurry it.
  }

  override dispose(): void {
    window.removeEventListener('message', this.#onMessage)
    super.dispose()
  }

  protected onClosed(): void {
    this.lost('', null)
  }
}
