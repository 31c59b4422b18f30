import type { ApiClient } from '../api/client/index.ts'
import type { Message } from '../api/contract/index.ts'
import { MurmurationError, messageOf } from '../base/errors.ts'
import { MAX_LIMIT } from './arguments.ts'

/** Ids that are remembered, so that none is shown twice. */
const MAX_REMEMBERED = 50_000
/** How far back is looked for what was missed, in pages. */
const MAX_PAGES = 20

interface Request {
  readonly channel: string
  readonly limit: number
  readonly before?: string
}

interface FollowOptions {
  readonly show: (message: Message) => void
  readonly signal: AbortSignal
}

/**
 * Shows a page of messages and then each that comes, each once, until the signal fires.
 * @throws MurmurationError when the peer goes
 */
export async function followMessages(client: ApiClient, request: Request, options: FollowOptions): Promise<void> {
  await new Follower(client, request, options).run()
}

class Follower {
  readonly #client: ApiClient
  readonly #request: Request
  readonly #options: FollowOptions
  readonly #shown = new Set<string>()
  /** What comes while pages are read: shown after them. null: nothing is being read. */
  #early: Message[] | null = []
  #channel: string | null = null
  #failed = (_error: unknown): void => undefined

  constructor(client: ApiClient, request: Request, options: FollowOptions) {
    this.#client = client
    this.#request = request
    this.#options = options
  }

  async run(): Promise<void> {
    const failure = new Promise<never>((_resolve, reject) => {
      this.#failed = reject
    })
    const subscriptions = [
      this.#client.on('message:changed', ({ message, isNew }) => {
        if (isNew) this.#came(message)
      }),
      this.#client.on('messages:reset', () => void this.#catchUp().catch(this.#failed)),
    ]
    try {
      const page = await this.#client.call('message.read', this.#request)
      this.#channel = page.channel
      this.#showAll(page.messages)
      await Promise.race([ended(this.#client, this.#options.signal), failure])
    } finally {
      for (const subscription of subscriptions) subscription.dispose()
    }
  }

  #came(message: Message): void {
    if (this.#early !== null) this.#early.push(message)
    else this.#show(message)
  }

  /** Too much came at once to be told one by one: reads back to what was shown last. */
  async #catchUp(): Promise<void> {
    if (this.#early !== null) return
    this.#early = []
    const { channel } = this.#request
    let missed: readonly Message[] = []
    let before: string | undefined
    for (let turn = 0; turn < MAX_PAGES; turn++) {
      const page = await this.#client.call('message.read', {
        channel,
        limit: MAX_LIMIT,
        ...(before === undefined ? {} : { before }),
      })
      missed = [...page.messages, ...missed]
      before = page.messages[0]?.id
      if (!page.more || page.messages.some(({ id }) => this.#shown.has(id))) break
    }
    const known = missed.findIndex(({ id }) => this.#shown.has(id))
    this.#showAll(missed.slice(known + 1))
  }

  #showAll(messages: readonly Message[]): void {
    for (const message of messages) this.#show(message)
    const early = this.#early ?? []
    this.#early = null
    for (const message of early) this.#show(message)
  }

  #show(message: Message): void {
    if (message.channel !== this.#channel || this.#shown.has(message.id)) return
    if (this.#shown.size >= MAX_REMEMBERED) this.#shown.clear()
    this.#shown.add(message.id)
    this.#options.show(message)
  }
}

async function ended(client: ApiClient, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const gone = (): void => reject(new MurmurationError('PEER_GONE', messageOf(client.closed.reason)))
    signal.addEventListener('abort', () => resolve(), { once: true })
    client.closed.addEventListener('abort', gone, { once: true })
    if (signal.aborted) resolve()
    if (client.closed.aborted) gone()
  })
}
