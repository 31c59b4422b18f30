import type { Logger, MultiaddrConnection } from '@libp2p/interface'
import type { SendResult } from '@libp2p/utils'
import { AbstractMultiaddrConnection } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { DataChannel, PeerConnection } from 'node-datachannel'
import type { Uint8ArrayList } from 'uint8arraylist'

/** What is handed to the channel at most before it says that it sent some. */
const MAX_BUFFERED_BYTES = 512 * 1024
const LOW_BUFFERED_BYTES = 128 * 1024
/** Messages of a channel are bounded; 64 KiB goes everywhere. */
const MAX_MESSAGE_BYTES = 65_536

export interface ChannelOptions {
  readonly peer: PeerConnection
  readonly channel: DataChannel
  readonly remoteAddr: Multiaddr
  readonly direction: 'inbound' | 'outbound'
  readonly log: Logger
}

/**
 * A raw connection, as a transport hands it to libp2p, over one data channel. Encryption and multiplexing are libp2p's as on
 * any other connection: that bounds what the other side may send before it is read, which data channels do not.
 */
export function channelConnection(options: ChannelOptions): MultiaddrConnection {
  return new ChannelConnection(options)
}

class ChannelConnection extends AbstractMultiaddrConnection {
  readonly #peer: PeerConnection
  readonly #channel: DataChannel
  #isOver = false

  constructor({ peer, channel, ...init }: ChannelOptions) {
    super({ ...init, inactivityTimeout: Infinity })
    this.#peer = peer
    this.#channel = channel
    channel.setBufferedAmountLowThreshold(LOW_BUFFERED_BYTES)
    channel.onBufferedAmountLow(() => this.safeDispatchEvent('drain'))
    channel.onMessage((message) => {
      if (typeof message !== 'string') this.onData(new Uint8Array(message))
    })
    channel.onClosed(() => this.#ended())
    channel.onError(() => this.#ended())
    peer.onStateChange((state) => {
      if (state === 'failed' || state === 'closed' || state === 'disconnected') this.#ended()
    })
  }

  override sendData(data: Uint8ArrayList): SendResult {
    const bytes = data.subarray()
    try {
      for (let at = 0; at < bytes.length; at += MAX_MESSAGE_BYTES) {
        this.#channel.sendMessageBinary(bytes.subarray(at, at + MAX_MESSAGE_BYTES))
      }
      return { sentBytes: bytes.length, canSendMore: this.#channel.bufferedAmount() < MAX_BUFFERED_BYTES }
    } catch {
      // It closed in this moment; those above hear of it as of any break.
      queueMicrotask(() => this.#ended())
      return { sentBytes: bytes.length, canSendMore: true }
    }
  }

  override sendClose(): Promise<void> {
    this.#letGo()
    return Promise.resolve()
  }

  override sendReset(): void {
    this.#letGo()
  }

  override sendPause(): void {
    // What the other side may send is bounded by the windows of the streams above.
  }

  override sendResume(): void {
    // As above.
  }

  #ended(): void {
    this.onTransportClosed()
    this.#letGo()
  }

  /** The native part frees what it holds a while after this; its own `cleanup` would crash the process now and then. */
  #letGo(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#channel.close()
    this.#peer.close()
  }
}
