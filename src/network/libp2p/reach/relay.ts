import type { DeviceId } from '../../../base/ids.ts'
import { DialError } from '../../errors.ts'
import type { MessageStream } from '../../network.ts'
import type { Link } from '../link.ts'
import type { Links } from '../links.ts'
import { openOver } from '../streams.ts'
import { decodeRequest, encodeAnswer, encodeOrigin, nextFrame, RELAYED_PROTOCOL } from './relay-protocol.ts'

/** Members that may be reached through one relay, and connections that it carries: a swarm of this size is the aim. */
export const MAX_RESERVATIONS = 256
const MAX_CARRIED = 1024

/**
 * Carries connections between members that cannot reach each other. What is carried is encrypted from end to end; what
 * waits is bounded by the streams' own backpressure, in both directions.
 */
export class Relay {
  readonly #links: Links
  readonly #reserved = new Map<DeviceId, { readonly link: Link; readonly stream: MessageStream }>()
  #carried = 0
  #on = false

  constructor(links: Links) {
    this.#links = links
  }

  get on(): boolean {
    return this.#on
  }

  /** How many can be reached through this relay. */
  get members(): number {
    return this.#reserved.size
  }

  serves(device: DeviceId): boolean {
    return this.#reserved.has(device)
  }

  /** Switching off ends the reservations; those who held them look for another relay. */
  switch(on: boolean): void {
    this.#on = on
    if (on) return
    for (const { stream } of this.#reserved.values())
      stream.abort(new DialError('this machine does not relay any more'))
  }

  async serve(stream: MessageStream, link: Link): Promise<void> {
    const request = decodeRequest(await nextFrame(stream))
    const refusal = this.#refusal(link)
    if (refusal !== undefined) await refuse(stream, refusal)
    else if (request.kind === 'reserve') await this.#reserve(stream, link)
    else await this.#connect(stream, link, request.to)
  }

  #refusal(link: Link): string | undefined {
    if (!this.#on) return 'it does not relay'
    return link.via === undefined ? undefined : 'it relays for those only who are connected to it directly'
  }

  async #reserve(stream: MessageStream, link: Link): Promise<void> {
    if (this.#reserved.size >= MAX_RESERVATIONS && !this.#reserved.has(link.device)) {
      await refuse(stream, 'it relays for as many as it can already')
      return
    }
    const reservation = { link, stream }
    this.#reserved.set(link.device, reservation)
    try {
      await stream.send(encodeAnswer({ kind: 'ok' }))
      for await (const frame of stream) if (frame.length > 0) throw new DialError('a reservation has nothing to say')
    } finally {
      if (this.#reserved.get(link.device) === reservation) this.#reserved.delete(link.device)
    }
  }

  async #connect(stream: MessageStream, link: Link, to: DeviceId): Promise<void> {
    const target = this.#reserved.get(to)?.link
    if (target === undefined || target.state !== 'admitted') {
      await refuse(stream, 'that machine is not connected to it')
      return
    }
    if (this.#carried >= MAX_CARRIED) {
      await refuse(stream, 'it carries as many connections as it can already')
      return
    }
    this.#carried++
    try {
      const onward = await openOver(this.#links, target, RELAYED_PROTOCOL)
      await onward.send(encodeOrigin(link.device))
      await stream.send(encodeAnswer({ kind: 'ok' }))
      await join(stream, onward)
    } finally {
      this.#carried--
    }
  }
}

async function refuse(stream: MessageStream, reason: string): Promise<void> {
  await stream.send(encodeAnswer({ kind: 'refused', reason }))
  await stream.close()
}

/** Carries frames both ways until both sides are done; where one breaks, so does the other. */
async function join(one: MessageStream, other: MessageStream): Promise<void> {
  try {
    await Promise.all([pump(one, other), pump(other, one)])
  } catch (error) {
    const reason = error instanceof Error ? error : new DialError('the relayed connection broke')
    one.abort(reason)
    other.abort(reason)
  }
}

async function pump(from: MessageStream, to: MessageStream): Promise<void> {
  for await (const frame of from) await to.send(frame)
  await to.close()
}
