import { connect, isIPv6 } from 'node:net'

import type { Clock } from '../../../base/clock.ts'
import { pause } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { DeviceId } from '../../../base/ids.ts'
import type { Logger } from '../../../base/log.ts'
import type { Random } from '../../../base/random.ts'
import { pick } from '../../../base/random.ts'
import { DialError } from '../../errors.ts'
import type { MessageStream } from '../../network.ts'
import { Throttle } from '../../throttle.ts'
import type { Link } from '../link.ts'
import type { Links } from '../links.ts'
import { hostOf, isPublic } from '../peer-address.ts'
import { openOver } from '../streams.ts'
import { nextFrame } from './relay-protocol.ts'
import { decodeProbe, decodeProbeAnswer, encodeProbe, encodeProbeAnswer, PROBE_PROTOCOL } from './probe-protocol.ts'

/** A port that is open answers within a round trip; three seconds are those of any dial. */
const CONNECT_TIMEOUT_MS = 3000
/** An answer is taken as true for so long; routers and networks change. */
const ASK_EVERY_MS = 10 * 60_000
/** That a port seems closed is asked again sooner, of somebody else perhaps. */
const ASK_CLOSED_MS = 2 * 60_000
/** A knock stays so long, so that it is heard, and may be heard so much after the answer. */
const KNOCK_MS = 1000
/** A member that did not answer is not asked again for so long, nor does it matter: another one is. */
const ASK_AGAIN_MS = 30_000
/** One failed attempt is no proof of the opposite: those who are relayed here should not have to move for it. */
const MAX_DOUBTS = 2
/** Probes that one member may ask for. */
const PER_DEVICE = { perSecond: 0.1, burst: 4, maxNames: 1024 }

export interface ReachabilityOptions {
  readonly self: DeviceId
  readonly links: Links
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Off: nobody is asked, and all stays unknown; others are answered. */
  readonly enabled: boolean
  /** The ports at which this peer may be open to the outside. */
  ports(): readonly number[]
  onChange(): void
}

/** Finds out whether this peer can be reached from the internet, and where, by asking members there to try. */
export class Reachability {
  readonly #options: ReachabilityOptions
  readonly #throttle: Throttle
  #state: 'public' | 'private' | 'unknown' = 'unknown'
  #addresses: readonly string[] = []
  /** Monotonic milliseconds. */
  #askAt = 0
  #asking = false
  #doubts = 0

  constructor(options: ReachabilityOptions) {
    this.#options = options
    this.#throttle = new Throttle({ clock: options.clock, ...PER_DEVICE })
  }

  get state(): 'public' | 'private' | 'unknown' {
    return this.#state
  }

  /** Where this peer was reached from outside. */
  get addresses(): readonly string[] {
    return this.#addresses
  }

  /** The network or the ports are others now. */
  reconsider(): void {
    this.#askAt = 0
  }

  /** Asks where it is time to. */
  tick(): void {
    const { enabled, links, clock, random } = this.#options
    if (!enabled || this.#asking || clock.monotonic() < this.#askAt) return
    const helpers = links.admitted.filter(isOutside)
    if (helpers.length > 0) void this.#ask(pick(random, helpers))
  }

  /** Somebody asks. */
  async answer(stream: MessageStream, link: Link): Promise<void> {
    const ports = decodeProbe(await nextFrame(stream))
    if (link.via !== undefined || !this.#throttle.take(link.device)) throw new DialError('this is not answered now')
    const host = hostOf(link.address)
    const tried = await Promise.all(ports.map(async (port) => ((await this.#knock(host, port)) ? [port] : [])))
    await stream.send(encodeProbeAnswer({ host, open: tried.flat() }))
    await stream.close()
  }

  /** Whether a port is open. */
  async #knock(host: string, port: number): Promise<boolean> {
    return await new Promise<boolean>((resolve) => {
      const socket = connect({ host, port, timeout: CONNECT_TIMEOUT_MS })
      socket.once('connect', () => {
        resolve(true)
        this.#options.clock.after(KNOCK_MS, () => socket.destroy())
      })
      const fail = (): void => {
        socket.destroy()
        resolve(false)
      }
      socket.once('timeout', fail)
      socket.on('error', fail)
    })
  }

  async #ask(helper: Link): Promise<void> {
    const { links, clock, logger, self } = this.#options
    this.#asking = true
    this.#askAt = clock.monotonic() + ASK_AGAIN_MS
    const from = hostOf(helper.address)
    const knocks = links.knocks.from(from)
    let stream: MessageStream | undefined
    try {
      stream = await openOver(links, helper, PROBE_PROTOCOL)
      await stream.send(encodeProbe(this.#options.ports()))
      const { host, open } = decodeProbeAnswer(await nextFrame(stream))
      // What it says counts only where its knock was heard: the port may be that of another machine behind the same NAT.
      const isHeard = (): boolean => links.knocks.from(from) > knocks
      if (open.length > 0 && !isHeard()) await pause(clock, KNOCK_MS, stream.signal).catch(() => undefined)
      this.#found(
        isHeard() && isPublic(host)
          ? open.map((port) => `/${isIPv6(host) ? 'ip6' : 'ip4'}/${host}/tcp/${port}/p2p/${self}`)
          : [],
      )
    } catch (error) {
      logger.debug({ device: helper.device, reason: messageOf(error) }, 'reachability was not found out')
    } finally {
      stream?.abort(new DialError('the question is answered'))
      this.#asking = false
    }
  }

  #found(addresses: readonly string[]): void {
    const isDoubtful = addresses.length === 0 && this.#state === 'public' && this.#doubts < MAX_DOUBTS
    this.#doubts = isDoubtful ? this.#doubts + 1 : 0
    if (isDoubtful) {
      this.#askAt = this.#options.clock.monotonic() + ASK_AGAIN_MS
      return
    }
    this.#askAt = this.#options.clock.monotonic() + (addresses.length > 0 ? ASK_EVERY_MS : ASK_CLOSED_MS)
    this.#state = addresses.length > 0 ? 'public' : 'private'
    this.#addresses = addresses
    this.#options.onChange()
  }
}

/** Whether a member sees this peer as the internet does. */
function isOutside(link: Link): boolean {
  return link.via === undefined && !link.address.includes('/webrtc') && isPublic(hostOf(link.address))
}
