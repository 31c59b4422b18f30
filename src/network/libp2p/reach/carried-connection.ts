import type { Logger, MultiaddrConnection } from '@libp2p/interface'
import type { SendResult } from '@libp2p/utils'
import { AbstractMultiaddrConnection } from '@libp2p/utils'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Uint8ArrayList } from 'uint8arraylist'

import { messageOf } from '../../../base/errors.ts'
import { MAX_UNSENT_BYTES } from '../constants.ts'
import type { Libp2pMessageStream } from '../message-stream.ts'

export interface CarriedOptions {
  readonly stream: Libp2pMessageStream
  readonly remoteAddr: Multiaddr
  readonly direction: 'inbound' | 'outbound'
  readonly log: Logger
}

/** A raw connection, as a transport hands it to libp2p, over a stream through a relay. */
export function carriedConnection(options: CarriedOptions): MultiaddrConnection {
  const connection = new CarriedConnection(options)
  void connection.read()
  return connection
}

class CarriedConnection extends AbstractMultiaddrConnection {
  readonly #stream: Libp2pMessageStream
  #resume: (() => void) | undefined
  #paused = false

  constructor({ stream, ...init }: CarriedOptions) {
    super({ ...init, inactivityTimeout: Infinity })
    this.#stream = stream
  }

  /** Hands on what arrives until the stream ends. */
  async read(): Promise<void> {
    try {
      for await (const frame of this.#stream) {
        if (this.#paused) await new Promise<void>((resolve) => (this.#resume = resolve))
        this.onData(frame)
      }
      this.onTransportClosed()
    } catch (error) {
      this.onTransportClosed(error instanceof Error ? error : new Error(messageOf(error)))
    }
  }

  override sendData(data: Uint8ArrayList): SendResult {
    const sentBytes = data.byteLength
    const sent = this.#stream.send(data.subarray())
    const canSendMore = this.#stream.unsentBytes <= MAX_UNSENT_BYTES
    void sent.then(
      () => (canSendMore ? undefined : this.safeDispatchEvent('drain')),
      // The stream's end is seen by the reading side.
      () => undefined,
    )
    return { sentBytes, canSendMore }
  }

  override async sendClose(): Promise<void> {
    await this.#stream.close()
  }

  override sendReset(): void {
    this.#stream.abort(new Error('the relayed connection ended'))
  }

  override sendPause(): void {
    this.#paused = true
  }

  override sendResume(): void {
    this.#paused = false
    this.#resume?.()
    this.#resume = undefined
  }
}
