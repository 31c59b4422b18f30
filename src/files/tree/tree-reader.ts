import { concatBytes, toHex } from '../../base/bytes.ts'
import { EARLIEST, HYBRID_BYTES, type HybridTime, readHybridKey } from '../../base/hybrid-clock.ts'
import type { DeviceId } from '../../base/ids.ts'
import { prefixRange } from '../../store/keys.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { MAX_FOUND, MAX_NAME_BYTES, MAX_PAGE_NAMES } from '../constants.ts'
import { FileNotFoundError } from '../errors.ts'
import { foldName, nameKey } from './names.ts'
import type { NodeId, VersionId } from './node-ids.ts'
import { BIN, GONE, isSpecial, ROOT } from './node-ids.ts'
import type { NodeState } from './node-state.ts'
import { decodeNode, typeOf, UNMADE } from './node-state.ts'
import type { StoredVersion } from './records.ts'
import * as records from './records.ts'
import type { Found, NameOf, Shown } from './shown-names.ts'
import { plainNames, showSameNamed } from './shown-names.ts'

export interface Page<T> {
  readonly items: readonly T[]
  /** Where the next page begins; undefined at the end. */
  readonly next?: string
}

export interface PageOptions {
  readonly limit?: number
  /** `next` of the page before. */
  readonly from?: string
}

/** Something in the bin. */
export interface Deleted {
  readonly id: NodeId
  readonly name: string
  readonly type: 'file' | 'folder'
  readonly state: NodeState
  /** Where it lay. */
  readonly from: NodeId
  readonly by: DeviceId
  /** Wall time of whoever deleted it, in milliseconds. */
  readonly at: number
}

export interface FoundByName {
  readonly id: NodeId
  readonly name: string
  readonly type: 'file' | 'folder'
  readonly path: string
}

/** What lies where: reads the projection's records, never all of them. Paths are names joined by `/`. */
export class TreeReader {
  readonly #store: RecordStore
  readonly #nameOf: NameOf

  constructor(store: RecordStore, nameOf: NameOf) {
    this.#store = store
    this.#nameOf = nameOf
  }

  async node(id: NodeId): Promise<NodeState | undefined> {
    const value = await this.#store.get(records.nodeKey(id))
    return value === undefined ? undefined : decodeNode(value)
  }

  /**
   * What is in a folder, by name; at most `limit` names, and where several things bear the last one, those as well.
   * @throws FileNotFoundError where there is no such folder
   */
  async list(folder: NodeId, options: PageOptions = {}): Promise<Page<Shown>> {
    return await this.#listIn(await this.#sameFolders(folder), options)
  }

  async #listIn(folders: readonly NodeId[], { limit = MAX_PAGE_NAMES, from = '' }: PageOptions): Promise<Page<Shown>> {
    const most = Math.min(limit, MAX_PAGE_NAMES)
    const named: Named[] = []
    for (const folder of folders) await this.#gather(folder, from, most, named)
    // Of one folder they come in order.
    if (folders.length > 1) named.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    const items: Shown[] = []
    let names = 0
    for (let at = 0, end = 0; at < named.length; at = end) {
      const key = named[at]?.key ?? ''
      if (++names > most) return { items, next: Buffer.from(key, 'latin1').toString('hex') }
      for (end = at + 1; named[end]?.key === key;) end++
      const group = named.slice(at, end)
      const plain = showPlain(group)
      if (plain === undefined) items.push(...(await this.#show(group, folders)))
      else items.push(plain)
    }
    return { items }
  }

  /** Children of a folder by the key of their folded name, one name more than asked for. */
  async #gather(folder: NodeId, from: string, most: number, named: Named[]): Promise<void> {
    const prefix = records.childrenPrefix(folder)
    const gte = concatBytes(prefix, Buffer.from(from, 'hex'))
    let names = 0
    let last: string | undefined
    for await (const [key, value] of this.#store.entries({ gte, lt: prefixRange(prefix).lt })) {
      const name = records.nameOfChildKey(key)
      if (name !== last && ++names > most + 1) return
      last = name
      named.push({ key: name, id: records.nodeOfChildKey(key), state: decodeNode(value) })
    }
  }

  /** Those of one key; names that are longer than keys may differ all the same. */
  async #show(found: readonly Found[], folders: readonly NodeId[]): Promise<readonly Shown[]> {
    const byName = new Map<string, Found[]>()
    for (const one of found) {
      if (one.state.made === undefined && (await this.#isEmpty(one))) continue
      const name = foldName(one.state.name)
      byName.set(name, [...(byName.get(name) ?? []), one])
    }
    const shown: Shown[] = []
    for (const group of byName.values()) {
      shown.push(...(await showSameNamed(group, this.#nameOf, async (name) => await this.#isTaken(folders, name))))
    }
    return shown
  }

  /** What nobody is known to have made is shown only for what is in it. */
  async #isEmpty({ id, state }: Found): Promise<boolean> {
    if (state.versions.length > 0) return false
    for await (const _ of this.#store.entries({ ...prefixRange(records.childrenPrefix(id)), limit: 1 })) return false
    return true
  }

  async #isTaken(folders: readonly NodeId[], name: string): Promise<boolean> {
    return (await this.#named(folders, name)).length > 0
  }

  /** Everything in these folders whose name is this one, letter case aside. */
  async #named(folders: readonly NodeId[], name: string): Promise<readonly Found[]> {
    const folded = foldName(name)
    const found: Found[] = []
    for (const folder of folders) {
      for await (const [key, value] of this.#store.entries(prefixRange(records.namePrefix(folder, folded)))) {
        const state = decodeNode(value)
        if (foldName(state.name) === folded) found.push({ id: records.nodeOfChildKey(key), state })
      }
    }
    return found
  }

  /** A folder and those that are one with it, since they bear its name and lie where it lies. */
  async #sameFolders(folder: NodeId): Promise<readonly NodeId[]> {
    if (isSpecial(folder)) return [folder]
    const state = await this.node(folder)
    if (state === undefined || typeOf(state) !== 'folder') throw new FileNotFoundError(folder)
    // Each thing in the bin was deleted by itself.
    if (state.parent === BIN || state.parent === GONE) return [folder]
    const beside = await this.#named(await this.#sameFolders(state.parent), state.name)
    return beside.filter((other) => typeOf(other.state) === 'folder').map(({ id }) => id)
  }

  /** What stands at a path; `undefined` where nothing does. The root is the empty path. */
  async lookUp(path: string): Promise<Shown | undefined> {
    let at: Shown = { type: 'folder', name: '', id: ROOT, state: UNMADE, ids: [ROOT] }
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (at.type !== 'folder') return undefined
      const next = await this.#child(at.ids, name)
      if (next === undefined) return undefined
      at = next
    }
    return at
  }

  /** What a folder shows under this name. @throws FileNotFoundError where there is no such folder */
  async childNamed(folder: NodeId, name: string): Promise<Shown | undefined> {
    return await this.#child(await this.#sameFolders(folder), name)
  }

  async #child(folders: readonly NodeId[], name: string): Promise<Shown | undefined> {
    const wanted = foldName(name)
    for (const plain of [name, ...plainNames(name)]) {
      const shown = await this.#show(await this.#named(folders, plain), folders)
      const found = shown.find((one) => foldName(one.name) === wanted)
      if (found !== undefined) return found
    }
    if (Buffer.byteLength(name) < SHORTENED_BYTES) return undefined
    const { items } = await this.#listIn(folders, {})
    return items.find((one) => foldName(one.name) === wanted)
  }

  /** As it is shown where it lies; `undefined` where there is no such thing, or it is in the bin. */
  async stat(id: NodeId): Promise<(Shown & { readonly path: string }) | undefined> {
    const state = await this.node(id)
    if (state === undefined || (await this.whereabouts(id)) !== 'tree') return undefined
    const folders = await this.#sameFolders(state.parent)
    const beside = await this.#show(await this.#named(folders, state.name), folders)
    const shown = beside.find((one) => (one.type === 'folder' ? one.ids.includes(id) : one.id === id))
    if (shown === undefined) return undefined
    return { ...shown, path: await this.#pathFrom(state.parent, shown.name) }
  }

  async #pathFrom(folder: NodeId, name: string): Promise<string> {
    const names = [name]
    for (let at = folder; !isSpecial(at);) {
      const state: NodeState = (await this.node(at)) ?? UNMADE
      names.unshift(state.name)
      at = state.parent
    }
    return names.join('/')
  }

  /** The folders that it lies in, the nearest first. */
  async ancestors(id: NodeId): Promise<readonly NodeId[]> {
    const above: NodeId[] = []
    for (let at = id; !isSpecial(at);) {
      at = ((await this.node(at)) ?? UNMADE).parent
      above.push(at)
    }
    return above
  }

  /** Where the way up ends. */
  async whereabouts(id: NodeId): Promise<'tree' | 'bin' | 'gone'> {
    const top = (await this.ancestors(id)).at(-1) ?? id
    return top === BIN ? 'bin' : top === GONE ? 'gone' : 'tree'
  }

  /** What was deleted, each thing as a whole, by name. */
  async bin(options: PageOptions = {}): Promise<Page<Deleted>> {
    const most = Math.min(options.limit ?? MAX_PAGE_NAMES, MAX_PAGE_NAMES)
    const prefix = records.childrenPrefix(BIN)
    const gte = options.from === undefined ? prefix : new Uint8Array(Buffer.from(options.from, 'hex'))
    const items: Deleted[] = []
    for await (const [key, value] of this.#store.entries({ gte, lt: prefixRange(prefix).lt })) {
      if (items.length === most) return { items, next: toHex(key) }
      const deleted = await this.#deleted(records.nodeOfChildKey(key), decodeNode(value))
      if (deleted !== undefined) items.push(deleted)
    }
    return { items }
  }

  async #deleted(id: NodeId, state: NodeState): Promise<Deleted | undefined> {
    if (state.moved === undefined) return undefined
    const value = await this.#store.get(records.logKey(state.moved))
    if (value === undefined) return undefined
    const { by, at, undo } = records.decodeMove(value)
    return { id, name: state.name, type: typeOf(state), state, from: undo?.parent ?? ROOT, by, at }
  }

  /** How it came into the bin; `undefined` where it was not put there by itself. */
  async deleted(id: NodeId): Promise<Deleted | undefined> {
    const state = await this.node(id)
    return state?.parent === BIN ? await this.#deleted(id, state) : undefined
  }

  /** The versions of a file, the latest first. */
  async versions(id: NodeId, options: PageOptions = {}): Promise<Page<StoredVersion>> {
    const most = Math.min(options.limit ?? MAX_PAGE_NAMES, MAX_PAGE_NAMES)
    const range = prefixRange(records.versionsPrefix(id))
    // Keys of one length: with this one left in, the range ends right behind it.
    const lt = options.from === undefined ? range.lt : new Uint8Array(Buffer.from(`${options.from}00`, 'hex'))
    const items: StoredVersion[] = []
    for await (const [key, value] of this.#store.entries({ gte: range.gte, lt, reverse: true })) {
      if (items.length === most) return { items, next: toHex(key) }
      items.push(records.decodeVersion(value))
    }
    return { items }
  }

  async version(id: NodeId, version: VersionId): Promise<StoredVersion | undefined> {
    const head = (await this.node(id))?.versions.find((one) => one.id === version)
    if (head !== undefined) {
      const value = await this.#store.get(records.versionKey(id, head.order))
      return value === undefined ? undefined : records.decodeVersion(value)
    }
    for await (const [, value] of this.#store.entries(prefixRange(records.versionsPrefix(id)))) {
      const stored = records.decodeVersion(value)
      if (stored.id === version) return stored
    }
    return undefined
  }

  /** Every version of every file that something may still show: what has to be kept. */
  async *referenced(): AsyncGenerator<{ readonly node: NodeId; readonly version: StoredVersion }, undefined> {
    let last: { readonly node: NodeId; readonly isKept: boolean } | undefined
    for await (const [key, value] of this.#store.entries(prefixRange(records.VERSIONS))) {
      const node = records.nodeOfVersionKey(key)
      if (last?.node !== node) last = { node, isKept: (await this.whereabouts(node)) !== 'gone' }
      if (last.isKept) yield { node, version: records.decodeVersion(value) }
    }
  }

  /** How many copies are asked for of what lies there: what the nearest folder above it says. */
  async copiesOf(id: NodeId): Promise<number | undefined> {
    for (const at of [id, ...(await this.ancestors(id))]) {
      const value = (await this.node(at))?.copies?.value
      if (value !== undefined && value !== null) return value
    }
    return undefined
  }

  /** Files and folders whose names hold `text`, letter case aside; those in the bin left out. */
  async search(text: string, limit: number = MAX_FOUND): Promise<readonly FoundByName[]> {
    const folded = foldName(text)
    const wanted = Buffer.from(nameKey(folded)).toString('latin1')
    const found: FoundByName[] = []
    for await (const [key, value] of this.#store.entries(prefixRange(records.CHILDREN))) {
      if (!records.nameOfChildKey(key).includes(wanted)) continue
      const state = decodeNode(value)
      if (!foldName(state.name).includes(folded)) continue
      const id = records.nodeOfChildKey(key)
      if (state.made === undefined || (await this.whereabouts(id)) !== 'tree') continue
      const path = await this.#pathFrom(state.parent, state.name)
      found.push({ id, name: state.name, type: typeOf(state), path })
      if (found.length >= Math.min(limit, MAX_FOUND)) break
    }
    return found
  }

  /** The greatest time that anybody whose work is here knew of. */
  async clock(): Promise<HybridTime> {
    const value = await this.#store.get(records.CLOCK_KEY)
    return value === undefined || value.length < HYBRID_BYTES ? EARLIEST : readHybridKey(value)
  }
}

/** Names this long may have been shortened when a note was put into them, so that the plain one can't be told from them. */
const SHORTENED_BYTES = MAX_NAME_BYTES - 3

interface Named extends Found {
  /** The folded name as keys have it, a character for each byte. */
  readonly key: string
}

/** Where there is nothing to tell apart: the usual case, which has to be quick. */
function showPlain(found: readonly Found[]): Shown | undefined {
  const [only] = found
  if (found.length !== 1 || only?.state.made === undefined || only.state.versions.length > 1) return undefined
  const { id, state } = only
  if (only.state.made.type === 'folder') return { type: 'folder', name: state.name, id, state, ids: [id] }
  const [version] = state.versions
  return version === undefined ? undefined : { type: 'file', name: state.name, id, state, version, conflict: false }
}
