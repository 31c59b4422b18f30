import type { Connection } from '@libp2p/interface'
import type { DataChannel, PeerConnection } from 'node-datachannel'

import type { Clock } from '../../../base/clock.ts'
import { AbortedError, messageOf, TimeoutError } from '../../../base/errors.ts'
import type { DeviceId } from '../../../base/ids.ts'
import type { Logger } from '../../../base/log.ts'
import { DialError } from '../../errors.ts'
import type { MessageStream } from '../../network.ts'
import type { Link } from '../link.ts'
import type { Links } from '../links.ts'
import type { Node } from '../node.ts'
import { openOver } from '../streams.ts'
import { untilAborted } from '../until-aborted.ts'
import type { PunchMessage } from './punch-protocol.ts'
import { decodePunch, encodePunch, PUNCH_PROTOCOL } from './punch-protocol.ts'

/** Where NATs let it through it takes less than a second; ICE on a slow line takes some. */
const PUNCH_TIMEOUT_MS = 8000
/** Punches at the same time, each of which holds sockets. */
const MAX_PUNCHES = 16

/** What is used of the native library. */
interface DataChannels {
  readonly PeerConnection: typeof PeerConnection
}

export interface PuncherOptions {
  readonly links: Links
  readonly clock: Clock
  readonly logger: Logger
  /** Off: whoever is relayed stays so. */
  readonly enabled: boolean
  node(): Node
  /** Members that tell a peer its outside address, as `stun:HOST:PORT`. */
  stunServers(): readonly string[]
}

/** Makes direct connections between peers behind NATs, by WebRTC's data channels, over the relayed connection that they have. */
export class Puncher {
  readonly #options: PuncherOptions
  #library: Promise<DataChannels | undefined> | undefined
  #running = 0

  constructor(options: PuncherOptions) {
    this.#options = options
  }

  /** @throws DialError, TimeoutError, AbortedError */
  async punch(device: DeviceId, signal: AbortSignal): Promise<Connection> {
    const { links } = this.#options
    const link = links.linkTo(device)
    if (link === undefined) throw new DialError('there is no connection to agree over')
    const stream = await openOver(links, link, PUNCH_PROTOCOL, signal)
    return await this.#agree(stream, signal, async (peer, given) => {
      const channel = peer.createDataChannel('murmuration')
      await untilAborted(opened(channel), given)
      return await this.#options
        .node()
        .upgradeOutbound(await this.#connection(peer, channel, device, 'outbound'), given)
    })
  }

  /** The other side begins. */
  async answer(stream: MessageStream, link: Link): Promise<void> {
    const over = new AbortController()
    stream.signal.addEventListener('abort', () => over.abort(new AbortedError()), { once: true })
    await this.#agree(stream, over.signal, async (peer, given) => {
      const arrival = new Promise<DataChannel>((resolve) => peer.onDataChannel(resolve))
      const channel = await untilAborted(arrival, given)
      const connection = await this.#connection(peer, channel, link.device, 'inbound')
      await this.#options.node().upgradeInbound(connection)
    })
  }

  /** Tells the other side what this one's end is like, and hears of its, while `connect` waits for the channel. */
  async #agree<T>(
    stream: MessageStream,
    signal: AbortSignal,
    connect: (peer: PeerConnection, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const library = this.#options.enabled ? await this.#load() : undefined
    if (library === undefined || this.#running >= MAX_PUNCHES) {
      await stream.send(encodePunch({ kind: 'refused' }))
      await stream.close()
      throw new DialError('no direct connection can be tried now')
    }
    const over = new AbortController()
    const giveUp = (): void => over.abort(new AbortedError())
    if (signal.aborted) giveUp()
    signal.addEventListener('abort', giveUp, { once: true })
    const timer = this.#options.clock.after(PUNCH_TIMEOUT_MS, () =>
      over.abort(new TimeoutError('the NATs on the way did not let it through')),
    )
    const peer = new library.PeerConnection('murmuration', { iceServers: [...this.#options.stunServers()] })
    this.#running++
    try {
      tell(peer, stream)
      hear(peer, stream).catch((error: unknown) => over.abort(new DialError(messageOf(error))))
      return await connect(peer, over.signal)
    } catch (error) {
      peer.close()
      throw over.signal.aborted ? (over.signal.reason as Error) : error
    } finally {
      this.#running--
      timer.dispose()
      signal.removeEventListener('abort', giveUp)
      void stream.close()
    }
  }

  async #connection(peer: PeerConnection, channel: DataChannel, device: DeviceId, direction: 'inbound' | 'outbound') {
    const { channelConnection } = await import('./channel-connection.ts')
    const node = this.#options.node()
    const remoteAddr = node.multiaddr(`${placeOf(peer)}/webrtc/p2p/${device}`)
    return channelConnection({ peer, channel, remoteAddr, direction, log: node.logger('punched') })
  }

  #load(): Promise<DataChannels | undefined> {
    this.#library ??= import('node-datachannel').catch((error: unknown) => {
      this.#options.logger.info({ reason: messageOf(error) }, 'without WebRTC here: who is behind a NAT stays relayed')
      return undefined
    })
    return this.#library
  }
}

function tell(peer: PeerConnection, stream: MessageStream): void {
  const say = (message: PunchMessage): void => {
    stream.send(encodePunch(message)).catch(() => undefined)
  }
  peer.onLocalDescription((description, type) => say({ kind: type === 'offer' ? 'offer' : 'answer', description }))
  peer.onLocalCandidate((candidate, media) => say({ kind: 'candidate', candidate, media }))
}

async function hear(peer: PeerConnection, stream: MessageStream): Promise<void> {
  for await (const frame of stream) {
    const message = decodePunch(frame)
    if (message.kind === 'refused') throw new DialError('the other side cannot try a direct connection now')
    if (message.kind === 'candidate') peer.addRemoteCandidate(message.candidate, message.media)
    else peer.setRemoteDescription(message.description, message.kind)
  }
}

async function opened(channel: DataChannel): Promise<void> {
  if (channel.isOpen()) return
  await new Promise<void>((resolve) => channel.onOpen(resolve))
}

/** Where the other end is, as a multiaddr. */
function placeOf(peer: PeerConnection): string {
  const { address = '0.0.0.0', port = 0 } = peer.getSelectedCandidatePair()?.remote ?? {}
  return `/${address.includes(':') ? 'ip6' : 'ip4'}/${address}/udp/${port}`
}
