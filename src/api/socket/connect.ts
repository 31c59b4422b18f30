import { connect } from 'node:net'
import type { Socket } from 'node:net'

import type { Clock } from '../../base/clock.ts'
import { systemClock } from '../../base/clock.ts'
import { codeOf, messageOf } from '../../base/errors.ts'
import type { Channel } from '../wire/channel.ts'
import { findAddress } from './address.ts'
import { LocalSocketError, NotRunningError } from './errors.ts'
import { socketChannel } from './socket-channel.ts'

export interface ConnectOptions {
  readonly dataDirectory: string
  readonly clock?: Clock
}

/**
 * A channel to the peer that runs on a data folder.
 * @throws NotRunningError
 * @throws LocalSocketError where the system refuses
 */
export async function connectLocally({ dataDirectory, clock = systemClock }: ConnectOptions): Promise<Channel> {
  const address = await findAddress({ dataDirectory })
  if (address === null) throw new NotRunningError(dataDirectory)
  try {
    return socketChannel(await connected(address), clock)
  } catch (error) {
    if (isNobodyThere(error)) throw new NotRunningError(dataDirectory, { cause: error })
    throw new LocalSocketError(`The peer of ${dataDirectory} can't be spoken to: ${messageOf(error)}.`, {
      cause: error,
    })
  }
}

/** A raw connection to the socket at `address`. */
export async function connected(address: string): Promise<Socket> {
  return await new Promise<Socket>((resolve, reject) => {
    const socket = connect(address)
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}

/** The file of a socket outlives a peer that was killed. */
export function isNobodyThere(error: unknown): boolean {
  return ['ENOENT', 'ECONNREFUSED', 'ENOTDIR', 'ENOTSOCK'].includes(codeOf(error))
}
