import '../../src/base/polyfills.ts'

import type { PeerStatus } from '../../src/api/contract/index.ts'
import type { ApiClient } from '../../src/api/index.ts'
import { clientOf } from '../../src/cli/peers.ts'
import type { PeerOptions } from '../../src/peer/create-peer.ts'
import { createPeer } from '../../src/peer/create-peer.ts'
import type { Peer } from '../../src/peer/service.ts'
import type { Editor } from './editor.ts'
import type { Fill } from './fill-history.ts'
import { fillHistory } from './fill-history.ts'
import type { LoadOptions } from './load.ts'
import { bytesIn } from './folders.ts'
import { Receiver, sendLoad } from './load.ts'
import { openEditor } from './peer-editor.ts'
import { serveCommands } from './serve-commands.ts'
import { pause, sharedNow } from './statistics.ts'

/** Of 500 messages, read back after a flood. */
const MAX_PAGES = 20

export interface OpenOptions extends Pick<PeerOptions, 'announce' | 'listen' | 'mdns'> {
  readonly dataDirectory: string
}

/** A headless peer that a benchmark drives through its API, in its own process. */
const receiver = new Receiver()
let peer: Peer | undefined
let client: ApiClient | undefined

function api(): ApiClient {
  if (client === undefined) throw new Error('no peer runs')
  return client
}

let editor: Editor | undefined
let flooded = ''
let reading = false
let readAgain = false

function opened(): Editor {
  if (editor === undefined) throw new Error('no document is open')
  return editor
}

async function readFlood(): Promise<void> {
  readAgain = true
  if (reading || flooded === '') return
  reading = true
  while (readAgain) {
    readAgain = false
    let before: string | undefined
    for (let page = 0; page < MAX_PAGES; page++) {
      const options = { channel: flooded, limit: 500, ...(before === undefined ? {} : { before }) }
      const { messages, more } = await api().call('message.read', options)
      const news = messages.map(({ text }) => receiver.take(text))
      before = messages[0]?.id
      if (!more || news[0] !== true) break
    }
  }
  reading = false
}

const commands = {
  async open({ dataDirectory, ...how }: OpenOptions): Promise<void> {
    const created = await createPeer({ dataDirectory, mdns: false, listen: ['/ip4/127.0.0.1/tcp/0'], ...how })
    peer = created
    client = await clientOf(created)
    // As an interface does: a flood is told as one fact, and read.
    created.events.on('messages:reset', () => void readFlood())
    created.events.on('message:changed', ({ isNew, message }) => {
      if (isNew) receiver.take(message.text)
    })
  },
  create: async ({ name }: { readonly name: string }) => await api().call('swarm.create', { name }),
  join: async ({ invite }: { readonly invite: string }) => {
    const startedAt = sharedNow()
    await api().call('swarm.join', { invite })
    return { startedAt }
  },
  /** Joins; resolves to the milliseconds until it was let in, and until it shows the channel that was there. */
  async enter({ invite }: { readonly invite: string }) {
    const startedAt = sharedNow()
    await api().call('swarm.join', { invite })
    const joined = sharedNow() - startedAt
    while ((await api().call('channel.list', {})).length === 0) await pause(5)
    return { joined, usable: sharedNow() - startedAt }
  },
  fill: async (fill: Fill): Promise<void> => await fillHistory(fill),
  /** Joins, and resolves when the newest message of the history is shown here. */
  async catchUp({ channel, invite }: { readonly channel: string; readonly invite: string }) {
    const startedAt = sharedNow()
    await api().call('swarm.join', { invite })
    const joinedAt = sharedNow()
    for (;;) {
      const page = await api()
        .call('message.read', { channel, limit: 1 })
        .catch(() => undefined)
      if (page?.messages[0]?.text === 'last') break
      await pause(20)
    }
    const shownAt = sharedNow()
    const { journal } = await api().call('peer.status', {})
    return { join: joinedAt - startedAt, catchUp: shownAt - joinedAt, entries: journal.entries, bytes: journal.bytes }
  },
  status: async (_: object): Promise<PeerStatus> => await api().call('peer.status', {}),
  folder: async (_: object) => {
    const { dataDirectory } = await api().call('settings.get', {})
    return { dataDirectory, bytes: await bytesIn(dataDirectory) }
  },
  /** A link with which so many come in. */
  invite: async ({ uses }: { readonly uses: number }): Promise<string> => {
    const { link } = await api().call('invite.create', { uses })
    if (link === null) throw new Error('an invite without a link')
    return link
  },
  createChannel: async ({ name }: { readonly name: string }) => await api().call('channel.create', { name }),
  channels: async (_: object) => await api().call('channel.list', {}),
  begin: async ({ channel, mark }: { readonly channel: string; readonly mark: string }) => {
    flooded = channel
    receiver.begin(mark)
  },
  end: async (options: { readonly count: number; readonly timeout: number }) => await receiver.end(options),
  send: async ({ channel, load }: { readonly channel: string; readonly load: LoadOptions }) =>
    await sendLoad(load, (text) => api().call('message.send', { channel, text })),
  createDocument: async ({ title }: { readonly title: string }) =>
    await api().call('document.create', { title, kind: 'text' }),
  documents: async (_: object) => await api().call('document.list', {}),
  async openDocument({ document }: { readonly document: string }): Promise<void> {
    editor = await openEditor(api(), document)
  },
  replay: async ({ file }: { readonly file: string }) => await opened().replay(file),
  shows: async ({ file }: { readonly file: string }) => await opened().shows(file),
  type: async (options: { readonly count: number; readonly period: number }) => await opened().type(options),
  latencies: async (_: object) => opened().takeLatencies(),
  memory: async (_: object) => process.memoryUsage().rss,
} as const

export type PeerCommands = typeof commands

serveCommands(commands, async () => {
  client?.dispose()
  await peer?.stop()
})
