import { fromBase64url, toBase64url } from '../../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes, readText } from '../../base/cbor.ts'
import type { DeviceId, SpaceId } from '../../base/ids.ts'
import { parseSpaceId } from '../../base/ids.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import { StreamClosedError } from '../errors.ts'
import type { MessageStream, Network, WaitOptions } from '../network.ts'
import { PrivateNetwork } from './private-network.ts'

const PROTOCOL = '/murmuration/space/1'
const MAX_HELLO_BYTES = 256
/** Each space that two machines share has two: one that asks and one that pushes. */
const MAX_SPACE_STREAMS = 4096
const MAX_PROTOCOL_LENGTH = 64

/**
 * Lends the network to private spaces: every stream of theirs goes under one protocol to a member of the space, and its
 * first frame says which space it is for. Whoever asks for a space without being in it gets what one gets who asks for a
 * space that does not exist.
 */
export class PrivateNetworks implements Disposable {
  readonly #network: Network
  readonly #spaces = new Map<SpaceId, PrivateNetwork>()
  readonly #serving: Disposable

  constructor(network: Network) {
    this.#network = network
    this.#serving = network.handle(PROTOCOL, async (stream) => await this.#serve(stream), {
      streams: MAX_SPACE_STREAMS,
    })
  }

  /** @param isMember whether a device belongs to the space now */
  open(space: SpaceId, isMember: (device: DeviceId) => boolean): PrivateNetwork {
    const own = new PrivateNetwork({
      network: this.#network,
      isMember,
      openStream: async (device, protocol, options) => await this.#openStream(space, device, protocol, options),
      onDispose: () => this.#spaces.delete(space),
    })
    this.#spaces.set(space, own)
    return own
  }

  dispose(): void {
    this.#serving.dispose()
    for (const space of this.#spaces.values()) space.dispose()
  }

  async #openStream(
    space: SpaceId,
    device: DeviceId,
    protocol: string,
    options: WaitOptions | undefined,
  ): Promise<MessageStream> {
    const stream = await this.#network.openStream(device, PROTOCOL, options)
    await stream.send(encodeCbor({ space: fromBase64url(space), protocol }))
    return stream
  }

  async #serve(stream: MessageStream): Promise<void> {
    for await (const frame of stream) {
      const hello = readHello(frame)
      const space = hello === undefined ? undefined : this.#spaces.get(hello.space)
      const handler = hello === undefined ? undefined : space?.handlerOf(hello.protocol)
      if (handler === undefined || space?.admits(stream.peer) !== true) throw new StreamClosedError('nothing is served')
      await handler(stream)
      return
    }
  }
}

function readHello(frame: Uint8Array): { readonly space: SpaceId; readonly protocol: string } | undefined {
  const fields = decodeCborMap(frame, MAX_HELLO_BYTES)
  const space = readBytes(fields?.get('space'), 32)
  const protocol = readText(fields?.get('protocol'), MAX_PROTOCOL_LENGTH)
  if (space === undefined || protocol === undefined) return undefined
  return { space: parseSpaceId(toBase64url(space)), protocol }
}
