import type { Connection } from '@libp2p/interface'

import { AbortedError } from '../../../base/errors.ts'
import { DialError } from '../../errors.ts'
import type { Links } from '../links.ts'
import type { Libp2pMessageStream } from '../message-stream.ts'
import type { Link } from '../link.ts'
import type { Node } from '../node.ts'
import type { PeerAddress } from '../peer-address.ts'
import { relayedAddress } from '../peer-address.ts'
import { openOver } from '../streams.ts'
import { untilAborted } from '../until-aborted.ts'
import { decodeAnswer, decodeOrigin, encodeRequest, nextFrame, RELAY_PROTOCOL } from './relay-protocol.ts'

/** Connections through relays, from both ends. They are encrypted anew, and pass the gate as any other. */
export class RelayClient {
  readonly #links: Links
  readonly #node: () => Node

  constructor(links: Links, node: () => Node) {
    this.#links = links
    this.#node = node
  }

  /** @throws DialError where the relay is not connected, or knows no way */
  async dial(address: PeerAddress, signal: AbortSignal, reached: () => void): Promise<Connection> {
    const relay = address.via?.device
    const link = relay === undefined ? undefined : this.#links.linkTo(relay)
    if (relay === undefined || link === undefined || link.via !== undefined) {
      throw new DialError(`the relay ${relay} is not connected`)
    }
    const stream = await openOver(this.#links, link, RELAY_PROTOCOL, signal)
    const giveUp = (): void => stream.abort(new AbortedError())
    signal.addEventListener('abort', giveUp, { once: true })
    try {
      await stream.send(encodeRequest({ kind: 'connect', to: address.device }))
      const answer = decodeAnswer(await untilAborted(nextFrame(stream), signal))
      if (answer.kind === 'refused') throw new DialError(`the relay says that ${answer.reason}`)
      reached()
      const { text } = relayedAddress(address.device, relay)
      return await this.#node().upgradeOutbound(await this.#carried(stream, text, 'outbound'), signal)
    } catch (error) {
      stream.abort(new AbortedError())
      throw error
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** A relay brings somebody. */
  async accept(stream: Libp2pMessageStream, link: Link): Promise<void> {
    const { text } = relayedAddress(decodeOrigin(await nextFrame(stream)), link.device)
    await this.#node().upgradeInbound(await this.#carried(stream, text, 'inbound'))
  }

  async #carried(stream: Libp2pMessageStream, address: string, direction: 'inbound' | 'outbound') {
    const { carriedConnection } = await import('./carried-connection.ts')
    const node = this.#node()
    return carriedConnection({ stream, remoteAddr: node.multiaddr(address), direction, log: node.logger('relayed') })
  }
}
