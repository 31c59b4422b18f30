import type { StreamHandler as Libp2pStreamHandler } from '@libp2p/interface'

import { messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { StreamClosedError } from '../errors.ts'
import type { MessageStream } from '../network.ts'
import type { Link } from './link.ts'
import type { Links } from './links.ts'
import { openOver, served } from './streams.ts'

export type RunOnLink = (link: Link, stream: MessageStream) => Promise<void>

/**
 * Runs a protocol of our own over one stream on every link for as long as the link stands; the side that dialled opens
 * it, and the handler that is returned serves it. A link on which such a stream ends is of no use any more and is dropped: redialling repairs it.
 */
export function runOnEveryLink(links: Links, logger: Logger, protocol: string, run: RunOnLink): Libp2pStreamHandler {
  const untilClosed: RunOnLink = async (link, stream) => {
    try {
      await run(link, stream)
      throw new StreamClosedError(`the other side ended ${protocol}`)
    } catch (error) {
      stream.abort(new StreamClosedError(messageOf(error)))
      if (link.state !== 'admitted') return
      logger.debug({ device: link.device, protocol, reason: messageOf(error) }, 'a link is given up')
      links.drop(link, new StreamClosedError(messageOf(error)))
    }
  }
  links.events.on('admitted', (link) => {
    if (!link.weDialled) return
    void openOver(links, link, protocol).then(
      (stream) => untilClosed(link, stream),
      (error: unknown) => links.drop(link, new StreamClosedError(messageOf(error))),
    )
  })
  return served(links, logger, protocol, (stream, link) => untilClosed(link, stream))
}
