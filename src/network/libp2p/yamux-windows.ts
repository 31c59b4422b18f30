import type { yamux } from '@chainsafe/libp2p-yamux'
import type { StreamMuxer, StreamMuxerFactory } from '@libp2p/interface'

type YamuxFactory = ReturnType<typeof yamux>

/** What is used of a yamux stream beyond libp2p's published interface. */
interface YamuxStream {
  readonly state: unknown
  readonly recvWindow: unknown
  readonly recvWindowCapacity: unknown
  sendWindowUpdate(): void
}

/** States in which a window update also opens or acknowledges the stream, so that it must go out. */
const INIT = 0
const SYN_RECEIVED = 2

/**
 * Yamux that gives the sender room again when half of the window is used up, as its specification advises and the
 * implementations in Go and Rust do. By itself this one answers each piece of data with an update, which doubles the
 * number of messages that small frames cost.
 */
export function frugalYamux(create: YamuxFactory): () => StreamMuxerFactory {
  return () => {
    const factory: StreamMuxerFactory = create()
    const createMuxer = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection) => withFrugalStreams(createMuxer(connection))
    return factory
  }
}

/** Leaves a muxer as it is where libp2p is built otherwise than it was. */
function withFrugalStreams(muxer: StreamMuxer): StreamMuxer {
  const { _newStream: newStream } = muxer as unknown as { _newStream?: (...args: never[]) => YamuxStream }
  if (typeof newStream !== 'function') return muxer
  return Object.assign(muxer, {
    _newStream(...args: never[]): YamuxStream {
      const stream = newStream.apply(muxer, args)
      const update = stream.sendWindowUpdate.bind(stream)
      stream.sendWindowUpdate = () => {
        if (!hasRoom(stream)) update()
      }
      return stream
    },
  })
}

function hasRoom({ state, recvWindow, recvWindowCapacity }: YamuxStream): boolean {
  if (state === INIT || state === SYN_RECEIVED) return false
  if (typeof recvWindow !== 'number' || typeof recvWindowCapacity !== 'number') return false
  return recvWindowCapacity > recvWindow / 2
}
