import type { ApiClient } from '../api/client/index.ts'
import type { Message } from '../api/contract/index.ts'
import { MurmurationError, messageOf } from '../base/errors.ts'

interface Request {
  readonly channel: string
  readonly limit: number
  readonly before?: string
}

/**
 * Shows a page of messages and then each that comes, each once, until the signal fires.
 * @throws MurmurationError when the peer goes
 */
export async function followMessages(
  client: ApiClient,
  request: Request,
  options: { readonly show: (message: Message) => void; readonly signal: AbortSignal },
): Promise<void> {
  const { show, signal } = options
  // What comes while the page is read; shown after it, without what is in it.
  let early: Message[] | null = []
  let channel: string | null = null
  const subscription = client.on('message:changed', ({ message, isNew }) => {
    if (!isNew) return
    if (early !== null) early.push(message)
    else if (message.channel === channel) show(message)
  })
  try {
    const page = await client.call('message.read', request)
    channel = page.channel
    for (const message of page.messages) show(message)
    const shown = new Set(page.messages.map(({ id }) => id))
    for (const message of early) if (message.channel === channel && !shown.has(message.id)) show(message)
    early = null
    await ended(client, signal)
  } finally {
    subscription.dispose()
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
