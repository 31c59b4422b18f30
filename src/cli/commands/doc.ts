import type { Command } from 'commander'
import { Option } from 'commander'

import type { DocumentSummary, PeerStatus } from '../../api/contract/index.ts'
import type { Tools } from '../command.ts'
import { invocation, withExamples } from '../command.ts'
import { labelOf } from '../arguments.ts'
import { readInput, textOf } from '../standard-input.ts'
import { printableLine } from '../text/printable.ts'
import { table } from '../text/table.ts'
import { ago } from '../text/words.ts'

export function addDoc(program: Command, tools: Tools): void {
  const doc = program.command('doc').summary('shared documents').description('Work with the documents of the swarm.')
  addCreate(doc, tools)
  addList(doc, tools)
  addText(doc, tools)
  addLifetime(doc, tools)
  withExamples(doc, 'doc create "Shopping list"', 'doc list', 'doc append ID "- apples"', 'doc cat ID')
}

function addCreate(doc: Command, tools: Tools): void {
  const create = doc
    .command('create')
    .argument('<title>', "the document's title", labelOf)
    .addOption(
      new Option('--kind <kind>', 'plain text and code, or rich text with headings and lists')
        .choices(['text', 'rich'])
        .default('text'),
    )
    .description('Make a document and print its id.')
    .action(async (title: string, { kind }: { readonly kind: 'text' | 'rich' }) => {
      const run = invocation(tools, create)
      const { id } = await run.withRunning((client) => client.call('document.create', { title, kind }))
      run.printer.result({ id }, () => id)
    })
  withExamples(create, 'doc create "Shopping list"', 'doc create --kind rich Minutes')
}

function addList(doc: Command, tools: Tools): void {
  const list = doc
    .command('list')
    .description('List the documents, the latest changed first.')
    .action(async () => {
      const run = invocation(tools, list)
      const [documents, status] = await run.withRunning(
        async (client) => await Promise.all([client.call('document.list', {}), client.call('peer.status', {})]),
      )
      run.printer.result(documents, () =>
        documents.length === 0
          ? `No documents yet. Make one with: ${run.next('doc create TITLE')}`
          : documentTable(documents, status, run.terminal.clock.now()),
      )
    })
  withExamples(list, 'doc list', 'doc list --json')
}

function documentTable(documents: readonly DocumentSummary[], { machines }: PeerStatus, now: number): string {
  const nameOf = (device: string): string => machines.find(({ deviceId }) => deviceId === device)?.name ?? device
  const rows = [...documents]
    .sort((a, b) => b.changedAt - a.changedAt)
    .map(({ id, kind, title, changedAt, changedBy }) => [
      id,
      kind,
      `${ago(changedAt, now)} by ${printableLine(nameOf(changedBy))}`,
      printableLine(title),
    ])
  return table(['ID', 'KIND', 'CHANGED', 'TITLE'], rows)
}

function addText(doc: Command, tools: Tools): void {
  const cat = doc
    .command('cat')
    .argument('<id>', 'as doc list shows it')
    .description("Print a document's text, unchanged.")
    .action(async (id: string) => {
      const run = invocation(tools, cat)
      const { text } = await run.withRunning((client) => client.call('document.text', { document: id }))
      if (run.printer.json) run.printer.result({ id, text }, () => text)
      else run.printer.raw(text)
    })
  withExamples(cat, 'doc cat ID > list.txt')

  const write = doc
    .command('write')
    .argument('<id>', 'as doc list shows it')
    .description(
      'Replace the text by standard input. Only what differs is changed, so what others type meanwhile stays.',
    )
    .action(async (id: string) => {
      const run = invocation(tools, write)
      const text = await readInput(run.terminal)
      await run.withRunning((client) => client.call('document.write', { document: id, text }))
      run.printer.result({ id }, () => 'Written.')
    })
  withExamples(write, 'doc write ID < list.txt')

  const append = doc
    .command('append')
    .argument('<id>', 'as doc list shows it')
    .argument('<text...>', 'words to put at the end, or - for standard input')
    .description('Put text at the end of a document.')
    .action(async (id: string, words: readonly string[]) => {
      const run = invocation(tools, append)
      const text = await textOf(words, run.terminal)
      await run.withRunning((client) => client.call('document.append', { document: id, text }))
      run.printer.result({ id }, () => 'Appended.')
    })
  withExamples(append, 'doc append ID "- apples"', 'date | murmuration doc append ID -')
}

function addLifetime(doc: Command, tools: Tools): void {
  const rename = doc
    .command('rename')
    .argument('<id>', 'as doc list shows it')
    .argument('<title>', 'the new title', labelOf)
    .description('Give a document another title.')
    .action(async (id: string, title: string) => {
      const run = invocation(tools, rename)
      await run.withRunning((client) => client.call('document.rename', { document: id, title }))
      run.printer.result({ id }, () => 'Renamed.')
    })
  withExamples(rename, 'doc rename ID "Shopping list for June"')

  const remove = doc
    .command('delete')
    .argument('<id>', 'as doc list shows it')
    .description('Delete a document for everybody. It can be brought back with doc restore.')
    .action(async (id: string) => {
      const run = invocation(tools, remove)
      await run.withRunning((client) => client.call('document.delete', { document: id }))
      run.printer.result({ id }, () => `Deleted. To bring it back: ${run.next(`doc restore ${id}`)}`)
    })
  withExamples(remove, 'doc delete ID')

  const restore = doc
    .command('restore')
    .argument('<id>', 'as doc delete printed it')
    .description('Bring a deleted document back.')
    .action(async (id: string) => {
      const run = invocation(tools, restore)
      await run.withRunning((client) => client.call('document.restore', { document: id }))
      run.printer.result({ id }, () => 'Brought back.')
    })
  withExamples(restore, 'doc restore ID')
}
