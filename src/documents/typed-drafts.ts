import type { DocumentId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import type { Draft } from '../journal/journal.ts'
import { encodeBody } from './bodies.ts'
import type { SessionName } from './client-ids.ts'
import { splitTyped } from './split-typed.ts'
import type { TypedUpdate } from './typed-update.ts'
import { normalForm } from './yjs/normal-form.ts'
import type { Update } from './yjs/struct.ts'
import { writeDeletes, writeStructs } from './yjs/write-update.ts'

export interface DraftOptions {
  readonly document: DocumentId
  readonly random: Random
}

/** What was typed in one go, as entries to be appended together. Each bears as few sessions as it can. */
export function draftTyped(typed: readonly TypedUpdate[], options: DraftOptions): readonly Draft[] {
  const sessions = new Map(typed.flatMap((one) => [...one.sessions]))
  return groupBySessions(typed).flatMap((group) => {
    const [only] = group
    if (group.length === 1 && only !== undefined) {
      return splitTyped(only.runs, only.update).map((update) => draftOf(update, sessions, options))
    }
    // One session's updates follow each other: said as one they are shorter.
    const update = normalForm(group.map((one) => one.update))
    return splitTyped(update.blocks, update).map((part) => draftOf(part, sessions, options))
  })
}

/** Neighbours that bear the same one client, or none. */
function groupBySessions(typed: readonly TypedUpdate[]): readonly (readonly TypedUpdate[])[] {
  const groups: TypedUpdate[][] = []
  let client: number | undefined
  for (const one of typed) {
    const clients = one.update.blocks.map((block) => block.client)
    const last = groups[groups.length - 1]
    const [first] = clients
    const fits = clients.length === 0 || (clients.length === 1 && (client === undefined || client === first))
    if (last !== undefined && fits) last.push(one)
    else groups.push([one])
    client = clients.length === 1 ? first : last !== undefined && fits ? client : undefined
    if (clients.length > 1) client = Number.NaN
  }
  return groups
}

function draftOf(
  { blocks, deletes }: Update,
  known: ReadonlyMap<number, SessionName>,
  { document, random }: DraftOptions,
): Draft {
  const sessions = blocks.flatMap(({ client }) => known.get(client) ?? [])
  const kind = 'document.update'
  const structs = writeStructs(blocks)
  const body = encodeBody({ kind, id: random.bytes(16), document, sessions, structs, deletes: writeDeletes(deletes) })
  return { kind, body }
}
