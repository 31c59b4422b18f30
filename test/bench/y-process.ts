import { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'

import { Editor } from './editor.ts'
import { serveCommands } from './serve-commands.ts'

/** An editor over y-websocket. */
let provider: WebsocketProvider | undefined
let editor: Editor | undefined

function open(): Editor {
  if (editor === undefined) throw new Error('no document is open')
  return editor
}

const commands = {
  async openDocument({ room, url }: { readonly url: string; readonly room: string }): Promise<void> {
    provider?.destroy()
    const doc = new Y.Doc()
    editor = new Editor(doc)
    const connected = new WebsocketProvider(url, room, doc, { disableBc: true })
    provider = connected
    await new Promise<void>((resolve) => {
      connected.once('sync', () => resolve())
    })
  },
  replay: async ({ file }: { readonly file: string }) => await open().replay(file),
  shows: async ({ file }: { readonly file: string }) => await open().shows(file),
  type: async (options: { readonly count: number; readonly period: number }) => await open().type(options),
  latencies: async (_: object) => open().takeLatencies(),
  stateBytes: async (_: object) => open().stateBytes(),
} as const

export type YCommands = typeof commands

serveCommands(commands, async () => {
  provider?.destroy()
  await Promise.resolve()
})
