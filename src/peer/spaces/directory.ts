import { fromBase64url, toBase64url } from '../../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes } from '../../base/cbor.ts'
import { messageOf } from '../../base/errors.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import { parseSpaceId } from '../../base/ids.ts'
import type { Startable } from '../../base/lifecycle.ts'
import { DisposableStore } from '../../base/lifecycle.ts'
import type { Logger } from '../../base/log.ts'
import type { MessageStream, Network } from '../../network/network.ts'

const PROTOCOL = '/murmuration/spaces/1'
/** Spaces that one machine is told of by another. */
export const MAX_TOLD = 1024
const MAX_TELLING_BYTES = MAX_TOLD * 40 + 256

/** Tells each connected machine the spaces that it belongs to as well, and nothing of others. */
export class SpaceDirectory implements Startable {
  readonly #network: Network
  readonly #logger: Logger
  readonly #sharedWith: (device: DeviceId) => readonly SpaceId[]
  readonly #onTold: (spaces: readonly SpaceId[], by: DeviceId) => void
  /** What each connected machine was told, so that it is told again only where that changed. */
  readonly #told = new Map<DeviceId, string>()
  #disposables = new DisposableStore()

  constructor(options: {
    readonly network: Network
    readonly logger: Logger
    readonly sharedWith: (device: DeviceId) => readonly SpaceId[]
    readonly onTold: (spaces: readonly SpaceId[], by: DeviceId) => void
  }) {
    this.#network = options.network
    this.#logger = options.logger
    this.#sharedWith = options.sharedWith
    this.#onTold = options.onTold
  }

  async start(): Promise<void> {
    this.#disposables = new DisposableStore()
    this.#disposables.add(this.#network.handle(PROTOCOL, async (stream) => await this.#hear(stream)))
    this.#disposables.add(this.#network.events.on('peer:connected', ({ device }) => this.#tell(device)))
    this.#disposables.add(this.#network.events.on('peer:disconnected', ({ device }) => this.#told.delete(device)))
    this.tellAll()
  }

  async stop(): Promise<void> {
    this.#disposables.dispose()
    this.#told.clear()
  }

  /** Spaces or their people changed. */
  tellAll(): void {
    for (const { device } of this.#network.peers()) this.#tell(device)
  }

  #tell(device: DeviceId): void {
    const shared = this.#sharedWith(device).slice(0, MAX_TOLD)
    const text = shared.join()
    if (shared.length === 0 || this.#told.get(device) === text) return
    this.#told.set(device, text)
    this.#send(device, encodeCbor({ spaces: shared.map((space) => fromBase64url(space)) })).catch((error: unknown) => {
      this.#told.delete(device)
      this.#logger.debug({ device, reason: messageOf(error) }, 'a machine was not told of its spaces')
    })
  }

  async #send(device: DeviceId, frame: Uint8Array): Promise<void> {
    const stream = await this.#network.openStream(device, PROTOCOL)
    await stream.send(frame)
    await stream.close()
  }

  async #hear(stream: MessageStream): Promise<void> {
    for await (const frame of stream) {
      const given: unknown = decodeCborMap(frame, MAX_TELLING_BYTES)?.get('spaces')
      if (!Array.isArray(given) || given.length > MAX_TOLD) return
      const spaces = given.flatMap((bytes) => readBytes(bytes, 32) ?? [])
      this.#onTold(
        spaces.map((bytes) => parseSpaceId(toBase64url(bytes))),
        stream.peer,
      )
    }
  }
}
