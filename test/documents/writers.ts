import * as Y from 'yjs'

import { concatBytes, toHex } from '../../src/base/bytes.ts'
import type { DocumentId } from '../../src/base/ids.ts'
import { silentLogger } from '../../src/base/log.ts'
import type { Random } from '../../src/base/random.ts'
import { pick, seededRandom } from '../../src/base/random.ts'
import { encodeBody } from '../../src/documents/bodies.ts'
import { buildCheckpoint } from '../../src/documents/checkpoint.ts'
import type { SessionName } from '../../src/documents/client-ids.ts'
import { ClientIds } from '../../src/documents/client-ids.ts'
import { joinSupersedes } from '../../src/documents/coverage.ts'
import { kindOf, newDocumentId } from '../../src/documents/document-ids.ts'
import { DocumentsProjection } from '../../src/documents/documents-projection.ts'
import { openDoc } from '../../src/documents/fold.ts'
import { statePrefix, waitingPrefix } from '../../src/documents/records.ts'
import { normalForm } from '../../src/documents/yjs/normal-form.ts'
import { readUpdate } from '../../src/documents/yjs/read-update.ts'
import { writeUpdate } from '../../src/documents/yjs/write-update.ts'
import type { Entry } from '../../src/journal/entry-types.ts'
import type { Draft } from '../../src/journal/journal.ts'
import { prefixRange } from '../../src/store/keys.ts'
import type { World } from '../support/projection-harness.ts'
import { Machine, SPACE } from '../support/projection-harness.ts'

export type DocumentMachine = Machine<DocumentsProjection>
export const clientIds = new ClientIds(SPACE)

export async function machineIn(world: World, name: string): Promise<DocumentMachine> {
  const machine = await Machine.start(world, name, ({ store }) => {
    return new DocumentsProjection({ space: SPACE, store, logger: silentLogger })
  })
  machine.projection.connect({ read: (references) => Promise.resolve(machine.read(references)) })
  return machine
}

export const TEXT: DocumentId = newDocumentId('text', seededRandom(1))
export const RICH: DocumentId = newDocumentId('rich', seededRandom(2))

/** The records of a document as its projection keeps them, opened. */
export async function docOn(machine: DocumentMachine, document: DocumentId): Promise<Y.Doc> {
  const kind = kindOf(document)
  if (kind === undefined) throw new Error('no such kind')
  const records: (readonly [Uint8Array, Uint8Array])[] = []
  for await (const record of machine.store.entries(prefixRange(statePrefix(document)))) records.push(record)
  return openDoc(kind, records)
}

const LIMITS = { structs: 10_000_000, ranges: 10_000_000 }

/** The same bytes for the same state, however it came about. */
export function canonical(doc: Y.Doc): string {
  return toHex(writeUpdate(normalForm([readUpdate(Y.encodeStateAsUpdate(doc), LIMITS)])))
}

/** What people see. */
export function shown(doc: Y.Doc): string {
  return doc.share.has('text') ? doc.getText('text').toJSON() : doc.getXmlFragment('rich').toJSON()
}

export async function waitingOn(machine: DocumentMachine, document: DocumentId): Promise<number> {
  let count = 0
  for await (const _ of machine.store.entries(prefixRange(waitingPrefix(document)))) count++
  return count
}

let lastId = 0

export function contentDraft(
  document: DocumentId,
  sessions: readonly SessionName[],
  structs: Uint8Array,
  deletes: Uint8Array = Uint8Array.of(0),
): Draft {
  const id = new Uint8Array(16)
  new DataView(id.buffer).setUint32(0, ++lastId)
  return {
    kind: 'document.update',
    body: encodeBody({ kind: 'document.update', id, document, sessions, structs, deletes }),
  }
}

export function updateDraft(document: DocumentId, session: SessionName, update: Uint8Array): Draft {
  const { blocks, deletes } = readUpdate(update, LIMITS)
  const structs = writeUpdate({ blocks, deletes: new Map() }).slice(0, -1)
  const rest = writeUpdate({ blocks: [], deletes }).slice(1)
  return contentDraft(document, [session], structs, rest)
}

/** An editor of one document on one machine, stock Yjs, with an undo manager. */
export class Writer {
  readonly machine: DocumentMachine
  readonly document: DocumentId
  readonly session: SessionName
  readonly doc = new Y.Doc()
  readonly undo: Y.UndoManager
  #typed: Uint8Array[] = []

  constructor(machine: DocumentMachine, document: DocumentId, number = 1) {
    this.machine = machine
    this.document = document
    this.session = { incarnation: machine.incarnation, number }
    this.doc.clientID = clientIds.of(document, machine.device, this.session)
    const root = kindOf(document) === 'text' ? this.doc.getText('text') : this.doc.getXmlFragment('rich')
    this.undo = new Y.UndoManager(root, { trackedOrigins: new Set(['typed']), captureTimeout: 0 })
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin !== 'peer') this.#typed.push(update)
    })
  }

  /** Takes in what the machine has. */
  async sync(): Promise<void> {
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(await docOn(this.machine, this.document)), 'peer')
    await this.flush()
  }

  /** One transaction, one entry. */
  async edit(change: (doc: Y.Doc) => void): Promise<void> {
    this.doc.transact(() => change(this.doc), 'typed')
    await this.flush()
  }

  async flush(): Promise<void> {
    const drafts = this.drafts()
    if (drafts.length > 0) await this.machine.append(drafts)
  }

  drafts(): readonly Draft[] {
    return this.#typed.splice(0).map((update) => updateDraft(this.document, this.session, update))
  }

  async type(index: number, text: string): Promise<void> {
    await this.edit((doc) => doc.getText('text').insert(index, text))
  }
}

/** A checkpoint of what a machine wrote itself about a document and still holds. */
export async function checkpoint(
  machine: DocumentMachine,
  document: DocumentId,
  most = Infinity,
): Promise<Entry | undefined> {
  const entries = ownEntries(machine, document).slice(0, most)
  if (entries.length === 0) return undefined
  const [entry] = await machine.append([checkpointDraft(document, entries)])
  return entry
}

export function ownEntries(machine: DocumentMachine, document: DocumentId): readonly Entry[] {
  return [...machine.held]
    .map(({ entry }) => entry)
    .filter((entry) => entry.device === machine.device && /^document\.(update|checkpoint)$/.test(entry.kind))
    .filter((entry) => Buffer.from(entry.body).includes(Buffer.from(document, 'base64url')))
    .sort((a, b) => firstOf(a) - firstOf(b))
}

/** Where what an entry says begins in its journal. */
function firstOf({ sequence, supersedes }: Entry): number {
  return supersedes[0]?.ranges[0]?.[0] ?? sequence
}

export function checkpointDraft(document: DocumentId, entries: readonly Entry[]): Draft {
  const { deletes, sessions, structs } = buildCheckpoint(entries, clientIds)
  const id = new Uint8Array(16).fill(7)
  new DataView(id.buffer).setUint32(0, ++lastId)
  return {
    kind: 'document.checkpoint',
    body: encodeBody({ kind: 'document.checkpoint', id, document, sessions, structs, deletes }),
    supersedes: joinSupersedes(
      entries.flatMap((entry) => [
        ...entry.supersedes,
        { incarnation: entry.journal.incarnation, ranges: [[entry.sequence, entry.sequence] as const] },
      ]),
    ),
  }
}

/** One change drawn at random, as editors make them. */
export async function editAtRandom(writer: Writer, random: Random): Promise<void> {
  if (random.below(8) === 0 && writer.undo.canUndo()) {
    writer.undo.undo()
    await writer.flush()
    return
  }
  if (random.below(12) === 0 && writer.undo.canRedo()) {
    writer.undo.redo()
    await writer.flush()
    return
  }
  if (kindOf(writer.document) === 'text') await writer.edit((doc) => editText(doc.getText('text'), random))
  else await writer.edit((doc) => editRich(doc.getXmlFragment('rich'), random))
}

const WORDS = ['a', 'be', 'see', '😀', 'straße', '\n', 'x'.repeat(20)]

function editText(text: Y.Text, random: Random): void {
  if (text.length > 0 && random.below(3) === 0) {
    const from = placeIn(text, random.below(text.length))
    const to = placeIn(text, from + 2 + random.below(Math.min(8, text.length - from)))
    text.delete(from, to - from)
  } else text.insert(placeIn(text, random.below(text.length + 1)), pick(random, WORDS))
}

/** Not within a pair of surrogates: there stock Yjs splits the pair on its own side, whatever then happens. */
function placeIn(text: Y.Text, index: number): number {
  const most = Math.min(index, text.length)
  const before = textOf(text).charCodeAt(most - 1)
  return before >= 0xd800 && before <= 0xdbff ? most - 1 : most
}

function textOf(text: Y.Text): string {
  return (text.toDelta() as { readonly insert: string }[]).map(({ insert }) => insert).join('')
}

function editRich(fragment: Y.XmlFragment, random: Random): void {
  const parents: Y.XmlFragment[] = [fragment]
  const texts: Y.XmlText[] = []
  const elements: Y.XmlElement[] = []
  const walk = (node: Y.XmlFragment): void => {
    for (const child of node.toArray()) {
      if (child instanceof Y.XmlText) texts.push(child)
      else if (child instanceof Y.XmlElement) {
        elements.push(child)
        parents.push(child)
        walk(child)
      }
    }
  }
  walk(fragment)
  const choice = random.below(10)
  if (choice < 3 || texts.length === 0) {
    const parent = pick(random, parents)
    const element = new Y.XmlElement(pick(random, ['paragraph', 'blockContainer', 'heading']))
    parent.insert(random.below(parent.length + 1), [element])
    element.setAttribute('id', String(random.below(1000)))
    const text = new Y.XmlText()
    element.insert(0, [text])
    text.insert(0, pick(random, WORDS))
  } else if (choice < 6) editText(pick(random, texts), random)
  else if (choice === 6) {
    const text = pick(random, texts)
    const from = placeIn(text, random.below(Math.max(1, text.length)))
    const to = placeIn(text, from + 2)
    if (to > from) text.format(from, to - from, { bold: random.below(2) === 0 ? true : null })
  } else if (choice === 7 && elements.length > 0) {
    pick(random, elements).setAttribute('level', String(random.below(6)))
  } else {
    const parent = pick(random, parents)
    if (parent.length > 0) parent.delete(random.below(parent.length), 1)
  }
}

export { concatBytes }
