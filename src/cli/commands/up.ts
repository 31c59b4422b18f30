import type { Command } from 'commander'

import type { PeerStatus } from '../../api/contract/index.ts'
import type { Peer } from '../../peer/service.ts'
import { labelOf, multiaddrOf, portOf } from '../arguments.ts'
import type { Invocation, Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import type { Served } from '../peers.ts'
import { clientOf } from '../peers.ts'
import type { Terminal } from '../terminal.ts'
import { printableLine } from '../text/printable.ts'

/** A peer that has not stopped by then hangs; its store survives being cut off. */
const STOP_TIMEOUT_MS = 15_000
/** One Ctrl-C may arrive twice, from the terminal and through the parent; only a later one means "at once". */
const SAME_STOP_MS = 500

interface UpOptions {
  readonly name?: string
  readonly listen?: readonly string[]
  /** true: without a number. */
  readonly ui?: number | true
  readonly mdns: boolean
  /** Undefined: as the settings say. */
  readonly relay?: boolean
  readonly announce?: readonly string[]
  readonly detach?: boolean
}

export function addUp(program: Command, tools: Tools): void {
  const command = program
    .command('up')
    .summary('run a peer on this machine')
    .description('Run a peer on this machine, without a window, until it is stopped.')
    .option('--name <name>', "this machine's name, as others see it (kept for later)", labelOf)
    .option('--listen <multiaddr>', 'where others reach this machine (may be given more than once)', multiaddrOf)
    .option('--ui [port]', 'serve the interface to browsers of this machine, on this port or a free one', portOf)
    .option('--no-mdns', 'do not look for other machines on the local network')
    .option('--relay', 'relay for members that cannot reach each other, for this run')
    .option('--no-relay', 'never relay, for this run')
    .option(
      '--announce <multiaddr>',
      "tell others this address instead of this machine's own, for this run (may be given more than once)",
      multiaddrOf,
    )
    .option('--detach', 'come back when it is ready, and leave it running in the background')
    .action(async (options: UpOptions) => {
      const run = invocation(tools, command)
      await (options.detach === true ? upDetached(run, options) : up(run, options))
    })
  withExamples(
    command,
    'up --ui',
    'up --detach',
    'up --name nas --data-dir /srv/murmuration --listen /ip4/0.0.0.0/tcp/4001',
    'up --passphrase-file /etc/murmuration/passphrase',
    'up --relay --announce /dns4/nas.example.org/tcp/4001',
    'up --json --no-mdns --listen /ip4/127.0.0.1/tcp/0',
  )
}

async function upDetached(run: Invocation, options: UpOptions): Promise<void> {
  const { option, input } = await passedOnPassphrase(run)
  const args = [
    'up',
    '--json',
    '--data-dir',
    run.dataDirectory,
    ...(options.name === undefined ? [] : ['--name', options.name]),
    ...(options.listen ?? []).flatMap((address) => ['--listen', address]),
    ...(options.ui === undefined ? [] : ['--ui', ...(options.ui === true ? [] : [String(options.ui)])]),
    ...(options.mdns ? [] : ['--no-mdns']),
    ...(options.relay === undefined ? [] : [options.relay ? '--relay' : '--no-relay']),
    ...(options.announce ?? []).flatMap((address) => ['--announce', address]),
    ...option,
  ]
  const ready = await run.peers.detach(args, input)
  const status = await run.withRunning((client) => client.call('peer.status', {}))
  run.printer.result(ready, () => readyText(run, status, { ui: ready.ui, end: `To stop it: ${run.next('stop')}` }))
}

/** A process of its own has no terminal: what is typed or read here it gets on its standard input, where nobody else looks. */
async function passedOnPassphrase(
  run: Invocation,
): Promise<{ readonly option: readonly string[]; readonly input: string }> {
  const { dataDirectory, passphraseFile, peers } = run
  const { askPassphrase, passphrase: given } = await run.vaults()
  const isFromHere = passphraseFile !== undefined || askPassphrase !== undefined
  if (!isFromHere) return { option: [], input: '' }
  const isNeeded = (await peers.keys.restOf(dataDirectory))?.rests === 'passphrase'
  const passphrase = given ?? (isNeeded ? await askPassphrase?.(1) : undefined)
  return passphrase === undefined
    ? { option: [], input: '' }
    : { option: ['--passphrase-file', '-'], input: `${passphrase}\n` }
}

async function up(run: Invocation, options: UpOptions): Promise<void> {
  const { dataDirectory, terminal } = run
  const stop = stopper(terminal)
  try {
    const peer = await run.peers.open({
      dataDirectory,
      vaults: await run.vaults(),
      ...(options.mdns ? {} : { mdns: false }),
      ...(options.name === undefined ? {} : { machineName: options.name }),
      ...(options.listen === undefined ? {} : { listen: options.listen }),
      ...(options.relay === undefined ? {} : { relay: options.relay ? 'on' : 'off' }),
      ...(options.announce === undefined ? {} : { announce: options.announce }),
    })
    let served: Served | null = null
    try {
      served = await run.peers.serve(peer, { dataDirectory, uiPort: uiPort(options.ui) })
      announce(run, await statusOf(peer), served.ui)
      peer.stopRequested.addEventListener('abort', stop.request, { once: true })
      if (peer.stopRequested.aborted) stop.request()
      await stop.requested
      run.printer.remark('Stopping …')
    } finally {
      const cut = terminal.clock.after(STOP_TIMEOUT_MS, () => terminal.exit(1))
      // The socket goes last: whoever waits for the end of this peer finds the folder free then.
      await peer.stop()
      await served?.close()
      cut.dispose()
    }
  } finally {
    stop.dispose()
  }
}

function uiPort(ui: number | true | undefined): number | null {
  if (ui === undefined) return null
  return ui === true ? 0 : ui
}

/** Asked once, it ends in order; asked again later, at once. */
function stopper(terminal: Terminal) {
  let request = (): void => undefined
  const requested = new Promise<void>((resolve) => {
    request = resolve
  })
  let first: number | null = null
  const listening = terminal.onStop((signal) => {
    const now = terminal.clock.monotonic()
    if (first === null) {
      first = now
      request()
    } else if (now - first > SAME_STOP_MS) {
      terminal.exit(signal === 'SIGINT' ? 130 : 143)
    }
  })
  return { requested, request, dispose: () => listening.dispose() }
}

async function statusOf(peer: Peer): Promise<PeerStatus> {
  const client = await clientOf(peer)
  try {
    return await client.call('peer.status', {})
  } finally {
    client.dispose()
  }
}

function announce(run: Invocation, status: PeerStatus, ui: string | null): void {
  const { deviceId, addresses } = status
  run.printer.result({ event: 'ready', deviceId, addresses, ui }, () =>
    readyText(run, status, { ui, end: 'Ctrl-C stops it.' }),
  )
}

function readyText(
  run: Invocation,
  status: PeerStatus,
  { ui, end }: { readonly ui: string | null; readonly end: string },
): string {
  const { bold, dim, cyan } = run.printer.colours
  const name = printableLine(status.name)
  const rows: string[][] = [
    ['folder', status.dataDirectory],
    ...status.addresses.map((address) => ['address', address]),
    ...(ui === null ? [] : [['page', cyan(ui)]]),
  ]
  const next =
    status.swarm === null
      ? [
          'This machine is in no swarm yet. From another terminal:',
          `  ${run.next('swarm create "Studio Lisbon"')}`,
          `  ${run.next('join murmuration://join/…')}`,
        ]
      : [`From another terminal: ${run.next('status')}`]
  return [
    status.swarm === null ? `${bold(name)} is up` : `${bold(name)} is up in ${bold(printableLine(status.swarm.name))}`,
    '',
    ...rows.map(([label = '', value = '']) => `  ${dim(label.padEnd(8))} ${value}`),
    '',
    ...next,
    end,
  ].join('\n')
}
