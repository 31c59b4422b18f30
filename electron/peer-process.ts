/**
 * The peer of the desktop app, in a utility process: the same code as a headless peer. Pages reach it over the ports that
 * the main process hands in, programs of this machine over the local socket in the data folder.
 */
import '../src/base/polyfills.ts'

import { electronPortChannel, listenLocally, serveApi } from '../src/api/index.ts'
import { messageOf } from '../src/base/errors.ts'
import { askedKeyVault } from '../src/peer/asked-key-vault.ts'
import { createPeer } from '../src/peer/create-peer.ts'
import type { ApiConnection, Peer } from '../src/peer/service.ts'
import type { FromPeer, KeyStoreAnswer, ToPeer } from './peer-messages.ts'

interface Running {
  readonly peer: Peer
  stop(): Promise<void>
}

const dataDirectory = process.argv[process.argv.indexOf('--data-dir') + 1] ?? ''
/** Takes the answer to the one open request. */
let answered: (answer: KeyStoreAnswer) => void = () => undefined
const running = run()
running.then(
  () => tell({ type: 'ready' }),
  (error: unknown) => tell({ type: 'failed', message: messageOf(error) }),
)

process.parentPort.on('message', ({ data, ports }: { data: ToPeer; ports: Electron.MessagePortMain[] }) => {
  answer(data, ports).catch((error: unknown) => console.error(`${data.type}: ${messageOf(error)}`))
})
// A Ctrl-C in the terminal reaches the whole group; the main process then says when to end.
process.on('SIGINT', () => undefined)
process.on('unhandledRejection', (error) => console.error(`a background task failed: ${messageOf(error)}`))

async function run(): Promise<Running> {
  const keyStore = askedKeyVault(async (request) => {
    const answer = new Promise<KeyStoreAnswer>((resolve) => (answered = resolve))
    tell({ type: 'key-store', request })
    return await answer
  })
  const peer = await createPeer({ dataDirectory, vaults: { keyStore } })
  try {
    const socket = await listenLocally({ service: peer, dataDirectory })
    peer.stopRequested.addEventListener('abort', () => tell({ type: 'stop-requested' }), { once: true })
    return {
      peer,
      async stop() {
        // The socket goes last: whoever waits for the end of this peer finds the folder free then.
        await peer.stop()
        await socket.close()
      },
    }
  } catch (error) {
    await peer.stop()
    throw error
  }
}

async function answer(message: ToPeer, ports: readonly Electron.MessagePortMain[]): Promise<void> {
  switch (message.type) {
    case 'key-store':
      answered(message.answer)
      return
    case 'port':
      for (const port of ports) serveApi((await running).peer, electronPortChannel(port))
      return
    case 'wake':
      await (await running).peer.call('peer.wake', {}, nobody, new AbortController().signal)
      return
    case 'stop':
      try {
        await (await running).stop()
      } finally {
        process.exit()
      }
  }
}

/** The main process asks nothing that is answered by events. */
const nobody: ApiConnection = { id: 'desktop', emit: () => undefined, closed: new AbortController().signal }

function tell(message: FromPeer): void {
  process.parentPort.postMessage(message)
}
