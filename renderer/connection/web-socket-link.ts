import { now } from '../time/clock.ts'
import { codeOfError, createApiClient, messageOfError, openWebSocketChannel } from './api.ts'
import { LinkBase } from './link-base.ts'

/** First quickly (a peer that restarts is back within a second or two), then at a rate that costs nothing. */
const RETRY_MS = [300, 600, 1000, 2000, 3000, 5000]

/** A web page's link: redials for as long as the page is open. */
export class WebSocketLink extends LinkBase {
  readonly #origin: string
  #token: string
  #attempt = 0
  #timer: ReturnType<typeof setTimeout> | null = null
  #dialing = false
  readonly #hurry = (): void => {
    if (document.visibilityState === 'visible') this.retryNow()
  }

  constructor(options: { readonly origin: string; readonly token: string }) {
    super()
    this.#origin = options.origin
    this.#token = options.token
    window.addEventListener('online', this.#hurry)
    document.addEventListener('visibilitychange', this.#hurry)
    void this.#dial()
  }

  /** The peer was started anew and printed another address. */
  setToken(token: string): void {
    this.#token = token
    this.retryNow()
  }

  retryNow(): void {
    if (this.state.kind === 'open' || this.disposed) return
    this.#attempt = 0
    this.#clearTimer()
    void this.#dial()
  }

  override dispose(): void {
    window.removeEventListener('online', this.#hurry)
    document.removeEventListener('visibilitychange', this.#hurry)
    this.#clearTimer()
    super.dispose()
  }

  protected onClosed(): void {
    this.#attempt = 0
    this.#later('')
  }

  async #dial(): Promise<void> {
    if (this.#dialing || this.disposed) return
    this.#dialing = true
    try {
      const channel = await openWebSocketChannel({ origin: this.#origin, token: this.#token })
      this.#dialing = false
      this.opened(createApiClient(channel))
    } catch (error) {
      this.#dialing = false
      if (this.disposed) return
      if (codeOfError(error) === 'REFUSED') this.refused(messageOfError(error))
      else this.#later(messageOfError(error))
    }
  }

  #later(reason: string): void {
    const delay = RETRY_MS[Math.min(this.#attempt, RETRY_MS.length - 1)] ?? 5000
    this.#attempt++
    this.lost(reason, now() + delay)
    this.#clearTimer()
    this.#timer = setTimeout(() => void this.#dial(), delay)
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
