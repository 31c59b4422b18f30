import { readFile, rm } from 'node:fs/promises'

import { fromBase64url, toBase64url, utf8 } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor, readBytes, readText } from '../base/cbor.ts'
import { codeOf } from '../base/errors.ts'
import type { SpaceId } from '../base/ids.ts'
import { parseSpaceId } from '../base/ids.ts'
import { JournalFormatError } from '../journal/index.ts'
import type { RecordStore } from '../store/index.ts'
import { MAX_KEY_BYTES } from '../store/index.ts'
import { writeDurably } from './durable-file.ts'
import { DataFolderError } from './errors.ts'

/** The swarm that a data folder belongs to. */
export interface SwarmRecord {
  readonly space: SpaceId
  /** As the invite had it; the membership says it better once it is here. */
  readonly name: string
}

const KEY = utf8('sw')
const MAX_BYTES = 1024
const MAX_NAME_CHARACTERS = 512
const ERASED_AT_ONCE = 10_000
const ALL = { gte: new Uint8Array(), lt: new Uint8Array(MAX_KEY_BYTES).fill(0xff) }

/**
 * Which swarm the folder belongs to, if any. It stands in the store and in a file beside it, so that a folder whose
 * store was lost is still a member, and gets everything back from the others.
 * @throws DataFolderError, JournalFormatError
 */
export async function loadSwarm(
  store: RecordStore,
  file: string,
): Promise<{ readonly record: SwarmRecord; readonly storeWasLost: boolean } | undefined> {
  const kept = await readStore(store)
  const named = await readSwarmFile(file, { mayBeDamaged: kept !== undefined })
  const record = kept ?? named
  if (record === undefined) return undefined
  if (kept === undefined) await writeStore(store, record)
  if (named === undefined || !isSame(named, record)) await writeSwarmFile(file, record)
  return { record, storeWasLost: kept === undefined }
}

export async function saveSwarm(store: RecordStore, file: string, record: SwarmRecord): Promise<void> {
  await writeStore(store, record)
  await writeSwarmFile(file, record)
}

/** Takes everything of a swarm from this machine's records, so that it can join another. */
export async function eraseSwarm(store: RecordStore, file: string): Promise<void> {
  await rm(file, { force: true })
  for (;;) {
    const keys: Uint8Array[] = []
    for await (const [key] of store.entries(ALL)) {
      keys.push(key)
      if (keys.length >= ERASED_AT_ONCE) break
    }
    if (keys.length === 0) return
    await store.write(
      keys.map((key) => ({ type: 'delete', key }) as const),
      { durable: true },
    )
  }
}

async function readStore(store: RecordStore): Promise<SwarmRecord | undefined> {
  const value = await store.get(KEY)
  if (value === undefined) return undefined
  const fields = decodeCborMap(value, MAX_BYTES)
  const space = readBytes(fields?.get('space'), 32)
  const name = readText(fields?.get('name'), MAX_NAME_CHARACTERS)
  if (space === undefined || name === undefined || fields?.size !== 2) {
    throw new JournalFormatError(
      'this data folder was made by another version of Murmuration, whose swarms this one cannot go on with: choose another folder and make a new swarm',
    )
  }
  return { space: parseSpaceId(toBase64url(space)), name }
}

async function writeStore(store: RecordStore, record: SwarmRecord): Promise<void> {
  const value = encodeCbor({ space: fromBase64url(record.space), name: record.name })
  await store.write([{ type: 'put', key: KEY, value }], { durable: true })
}

async function readSwarmFile(
  file: string,
  options: { readonly mayBeDamaged: boolean },
): Promise<SwarmRecord | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const { name, space } = JSON.parse(text) as Readonly<Record<string, unknown>>
    const isRight = typeof name === 'string' && name.length <= MAX_NAME_CHARACTERS && typeof space === 'string'
    if (isRight) return { space: parseSpaceId(space), name }
  } catch {
    // Said below.
  }
  if (options.mayBeDamaged) return undefined
  throw new DataFolderError(
    `${file} does not say which swarm this machine belongs to: restore it from a backup, or delete it and join again`,
  )
}

async function writeSwarmFile(file: string, { name, space }: SwarmRecord): Promise<void> {
  await writeDurably(file, `${JSON.stringify({ name, space }, undefined, 2)}\n`)
}

function isSame(one: SwarmRecord, other: SwarmRecord): boolean {
  return one.space === other.space && one.name === other.name
}
