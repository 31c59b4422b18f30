import type { StreamHandler as Libp2pStreamHandler } from '@libp2p/interface'

import { AbortedError, messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { NotAdmittedError, NotConnectedError, StreamClosedError } from '../errors.ts'
import { guarded } from './guard.ts'
import type { Link } from './link.ts'
import type { Links } from './links.ts'
import { Libp2pMessageStream } from './message-stream.ts'

/** @throws StreamClosedError, NotConnectedError, AbortedError */
export async function openOver(
  links: Links,
  link: Link,
  protocol: string,
  signal?: AbortSignal,
): Promise<Libp2pMessageStream> {
  if (isAborted(signal)) throw new AbortedError()
  try {
    const stream = await link.connection.newStream(protocol, {
      // The peer decides how many it serves.
      maxOutboundStreams: Infinity,
      ...(signal === undefined ? {} : { signal }),
    })
    return new Libp2pMessageStream(stream, link.device, protocol, () => links.heard(link))
  } catch (error) {
    if (isAborted(signal)) throw new AbortedError()
    if (link.state === 'closed')
      throw new NotConnectedError(`the connection to ${link.device} was lost`, { cause: error })
    throw new StreamClosedError(`${link.device} does not serve ${protocol}`, { cause: error })
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true
}

/** Serves a protocol to admitted peers: what `run` throws ends its stream alone. */
export function served(
  links: Links,
  logger: Logger,
  protocol: string,
  run: (stream: Libp2pMessageStream, link: Link) => Promise<void>,
): Libp2pStreamHandler {
  return guarded(links, (raw, connection) => {
    const link = links.linkOf(connection)
    if (link === undefined) throw new NotAdmittedError('the connection is gone')
    const stream = new Libp2pMessageStream(raw, link.device, protocol, () => links.heard(link))
    // Not awaited: libp2p would hold the stream's set-up for as long as the handler runs.
    void run(stream, link).catch((error: unknown) => {
      logger.debug({ device: link.device, protocol, reason: messageOf(error) }, 'a stream was given up')
      stream.abort(error instanceof Error ? error : new Error(messageOf(error)))
    })
  })
}
