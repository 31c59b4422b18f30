import '../src/base/polyfills.ts'

import type { FromPeer, ToPeer } from './peer-messages.ts'

const tell = (message: FromPeer): void => process.parentPort.postMessage(message)
process.parentPort.on('message', ({ data }: { data: ToPeer }) => {
  if (data.type === 'stop') process.exit(0)
})
tell({ type: 'ready' })
