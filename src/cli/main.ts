import '../base/polyfills.ts'

import manifest from '../../package.json' with { type: 'json' }
import { codeOf, messageOf } from '../base/errors.ts'
import { realPeers } from './real-peers.ts'
import { runCli } from './run-cli.ts'
import { systemTerminal } from './terminal.ts'

/** What a library leaves open must not keep a command that has ended. */
const LINGER_MS = 100

const terminal = systemTerminal()
process.stdout.on('error', (error) => {
  // Whoever read this has seen enough, as `head` does.
  if (codeOf(error) === 'EPIPE') process.exit(0)
  throw error
})
process.stderr.on('error', (error) => {
  // A detached peer goes on without anybody who listens.
  if (codeOf(error) !== 'EPIPE') throw error
})
process.on('unhandledRejection', (error) => {
  process.stderr.write(`murmuration: a background task failed: ${messageOf(error)}\n`)
})
void runCli(process.argv.slice(2), { terminal, peers: realPeers() }, manifest.version).then((status) => {
  process.exitCode = status
  process.stdout.write('', () => terminal.clock.after(LINGER_MS, () => process.exit()))
})
