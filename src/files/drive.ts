import type { Clock } from '../base/clock.ts'
import type { HybridTime } from '../base/hybrid-clock.ts'
import { EARLIEST, laterOf, nextHybrid } from '../base/hybrid-clock.ts'
import { Mutex } from '../base/mutex.ts'
import type { Random } from '../base/random.ts'
import type { Journal } from '../journal/journal.ts'
import { MAX_DEPTH, MAX_MADE_AT_ONCE, MAX_NAME_BYTES } from './constants.ts'
import type { Content } from './content/content.ts'
import {
  FileExistsError,
  FileNameError,
  FileNotFoundError,
  FolderIntoItselfError,
  FolderTooDeepError,
} from './errors.ts'
import type { Saying } from './tree/bodies.ts'
import { encodeBody } from './tree/bodies.ts'
import { foldName, isFileName } from './tree/names.ts'
import type { NodeId, VersionId } from './tree/node-ids.ts'
import { BIN, ID_BYTES, idBytesOf, isSpecial, nodeIdOf, ROOT } from './tree/node-ids.ts'
import { headsOf } from './tree/node-state.ts'
import type { Shown, ShownFile } from './tree/shown-names.ts'
import type { TreeReader } from './tree/tree-reader.ts'

export interface DriveOptions {
  readonly journal: Pick<Journal, 'device' | 'append'>
  readonly reader: TreeReader
  readonly clock: Clock
  readonly random: Random
}

/**
 * What people do to the drive of a space. Each call resolves once it is on this disk for good; the contents that it names
 * must be there already.
 */
export class Drive {
  readonly #journal: DriveOptions['journal']
  readonly #reader: TreeReader
  readonly #clock: Clock
  readonly #random: Random
  /** One at a time, so that what a change was decided upon still holds when it is written. */
  readonly #turns = new Mutex()
  /** The last that this machine gave out: its entry may not be applied yet. */
  #lastTime: HybridTime = EARLIEST

  constructor(options: DriveOptions) {
    this.#journal = options.journal
    this.#reader = options.reader
    this.#clock = options.clock
    this.#random = options.random
  }

  /** @throws FileNameError, FileExistsError, FileNotFoundError, FolderTooDeepError */
  async createFolder(parent: NodeId, name: string): Promise<NodeId> {
    const [id] = await this.#create([{ kind: 'folder.create', parent, name }])
    return id
  }

  /** @throws FileNameError, FileExistsError, FileNotFoundError, FolderTooDeepError */
  async createFile(parent: NodeId, name: string, content: Content): Promise<NodeId> {
    const [id] = await this.#create([{ kind: 'file.create', parent, name, content }])
    return id
  }

  /**
   * Many files at once, all or none: far quicker than one by one, each of which waits for the disk.
   * @param files at least one, MAX_MADE_AT_ONCE at most
   * @throws FileNameError, FileExistsError, FileNotFoundError, FolderTooDeepError
   */
  async createFiles(
    parent: NodeId,
    files: readonly { readonly name: string; readonly content: Content }[],
  ): Promise<readonly NodeId[]> {
    if (files.length > MAX_MADE_AT_ONCE) throw new RangeError(`more than ${MAX_MADE_AT_ONCE} files at once`)
    const names = new Set<string>()
    for (const { name } of files) {
      if (names.has(foldName(name))) throw new FileExistsError(name)
      names.add(foldName(name))
    }
    return await this.#create(files.map((file) => ({ kind: 'file.create', parent, ...file })))
  }

  async #create(
    sayings: readonly (Saying & { readonly parent: NodeId; readonly name: string })[],
  ): Promise<readonly [NodeId, ...NodeId[]]> {
    return await this.#turns.run(async () => {
      for (const { parent, name } of sayings) await this.#checkPlace(parent, name)
      const [first, ...others] = await this.#append(sayings)
      return [nodeIdOf(first), ...others.map(nodeIdOf)]
    })
  }

  /** @throws FileNotFoundError, FileNameError, FileExistsError */
  async rename(id: NodeId, name: string): Promise<void> {
    await this.#turns.run(async () => {
      const shown = await this.#shown(id)
      if (shown.state.name === name) return
      // Another spelling of its own name is in nobody's way.
      if (foldName(shown.name) === foldName(name)) checkName(name)
      else await this.#checkPlace(shown.state.parent, name)
      await this.#append(idsOf(shown).map((node) => ({ kind: 'file.rename', node, name })))
    })
  }

  /** @throws FileNotFoundError, FileExistsError, FolderIntoItselfError, FolderTooDeepError */
  async move(id: NodeId, parent: NodeId): Promise<void> {
    await this.#turns.run(async () => {
      const shown = await this.#shown(id)
      if (shown.state.parent === parent) return
      const above = [parent, ...(await this.#reader.ancestors(parent))]
      if (idsOf(shown).some((node) => above.includes(node))) throw new FolderIntoItselfError(shown.name)
      await this.#checkPlace(parent, shown.state.name)
      await this.#append(idsOf(shown).map((node) => ({ kind: 'file.move', node, parent })))
    })
  }

  /** Into the bin, with all that is in it. @throws FileNotFoundError */
  async delete(id: NodeId): Promise<void> {
    await this.#turns.run(async () => {
      const shown = await this.#shown(id)
      await this.#append(idsOf(shown).map((node) => ({ kind: 'file.delete', node })))
    })
  }

  /**
   * Out of the bin to where it was; where that is in the bin itself, to what is left above it.
   * @throws FileNotFoundError where it is not in the bin
   */
  async restore(id: NodeId): Promise<void> {
    await this.#turns.run(async () => {
      const state = await this.#reader.node(id)
      if (state === undefined || (await this.#reader.whereabouts(id)) !== 'bin') throw new FileNotFoundError(id)
      const from = (await this.#reader.deleted(id))?.from ?? state.parent
      await this.#append([{ kind: 'file.move', node: id, parent: await this.#leftOf(from) }])
    })
  }

  /** The folder, or what it was deleted from, and so on up to what is in no bin. */
  async #leftOf(folder: NodeId): Promise<NodeId> {
    let at = folder
    for (let turns = 0; turns < MAX_DEPTH; turns++) {
      const above = [at, ...(await this.#reader.ancestors(at))]
      if (above.at(-1) === ROOT) return at
      const deleted = above.at(-1) === BIN ? above.at(-2) : undefined
      if (deleted === undefined) return ROOT
      at = (await this.#reader.deleted(deleted))?.from ?? ROOT
    }
    return ROOT
  }

  /** Out of the bin for good: it can't be restored, and its contents are given up. @throws FileNotFoundError */
  async purge(id: NodeId): Promise<void> {
    await this.#turns.run(async () => {
      if ((await this.#reader.deleted(id)) === undefined) throw new FileNotFoundError(id)
      await this.#append([{ kind: 'file.purge', node: id }])
    })
  }

  /**
   * New contents of a file. What this machine itself wrote at the same time as another, and nobody chose between yet, becomes
   * a file of its own: it would no longer be shown otherwise.
   * @param on the versions that it was made from; the one that bears the file's name unless given
   * @throws FileNotFoundError
   */
  async write(id: NodeId, content: Content, on?: readonly VersionId[]): Promise<VersionId> {
    return await this.#turns.run(async () => {
      const shown = await this.#file(id)
      const heads = headsOf(shown.state)
      const replaces = on ?? heads.slice(0, 1).map((head) => head.id)
      const beside = heads.find((head) => head.by === this.#journal.device && !replaces.includes(head.id))
      const copy = beside === undefined ? [] : await this.#asFile(shown, beside.id)
      const ids = await this.#append([{ kind: 'file.version', node: id, content, replaces }, ...copy])
      return nodeIdOf(ids[0]) as string as VersionId
    })
  }

  async #asFile({ id, state }: ShownFile, version: VersionId): Promise<readonly Saying[]> {
    const folder = await this.#reader.list(state.parent)
    const name = folder.items.find((one) => one.type === 'file' && one.id === id && one.version.id === version)?.name
    const stored = await this.#reader.version(id, version)
    if (name === undefined || stored === undefined) return []
    return [{ kind: 'file.create', parent: state.parent, name, content: stored.content }]
  }

  /** What a version holds, as the newest one. Of several open ones this chooses it. @throws FileNotFoundError */
  async restoreVersion(id: NodeId, version: VersionId): Promise<VersionId> {
    return await this.#turns.run(async () => {
      const { state } = await this.#file(id)
      const stored = await this.#reader.version(id, version)
      if (stored === undefined) throw new FileNotFoundError(version)
      const replaces = headsOf(state).map((head) => head.id)
      const ids = await this.#append([{ kind: 'file.version', node: id, content: stored.content, replaces }])
      return nodeIdOf(ids[0]) as string as VersionId
    })
  }

  /** How many copies of what lies there are kept; null: as the folder above has it. @throws FileNotFoundError */
  async setCopies(id: NodeId, copies: number | null): Promise<void> {
    await this.#turns.run(async () => {
      const ids = id === ROOT ? [ROOT] : idsOf(await this.#shown(id))
      await this.#append(ids.map((node) => ({ kind: 'folder.copies', node, copies })))
    })
  }

  async #shown(id: NodeId): Promise<Shown> {
    const shown = isSpecial(id) ? undefined : await this.#reader.stat(id)
    if (shown === undefined) throw new FileNotFoundError(id)
    return shown
  }

  async #file(id: NodeId): Promise<ShownFile> {
    const shown = await this.#shown(id)
    if (shown.type !== 'file') throw new FileNotFoundError(id)
    return shown
  }

  async #checkPlace(parent: NodeId, name: string): Promise<void> {
    checkName(name)
    const above = await this.#reader.ancestors(parent)
    if ((above.at(-1) ?? parent) !== ROOT) throw new FileNotFoundError(parent)
    if (above.length >= MAX_DEPTH) throw new FolderTooDeepError(MAX_DEPTH)
    if ((await this.#reader.childNamed(parent, name)) !== undefined) throw new FileExistsError(name)
  }

  /** Writes statements, all of them or none, and returns the ids of what they make. */
  async #append(sayings: readonly Saying[]): Promise<readonly [Uint8Array, ...Uint8Array[]]> {
    const known = await this.#reader.clock()
    const drafts = sayings.map((saying) => this.#draft(saying, known))
    await this.#journal.append(drafts.map(({ kind, body }) => ({ kind, body })))
    const [first, ...others] = drafts.map(({ id }) => id)
    if (first === undefined) throw new RangeError('nothing to write')
    return [first, ...others]
  }

  #draft(
    saying: Saying,
    known: HybridTime,
  ): { readonly kind: string; readonly body: Uint8Array; readonly id: Uint8Array } {
    const wall = Math.max(0, Math.floor(this.#clock.now()))
    const clock = nextHybrid(laterOf(known, this.#lastTime), wall)
    this.#lastTime = clock
    const at = Math.min(wall, clock.time)
    // Drawn until the id does not begin with a dash, which a command line would take for an option.
    for (;;) {
      const body = encodeBody({ nonce: this.#random.bytes(ID_BYTES), clock, at, ...saying })
      const id = idBytesOf(this.#journal.device, body)
      if (!nodeIdOf(id).startsWith('-')) return { kind: saying.kind, body, id }
    }
  }
}

function checkName(name: string): void {
  if (!isFileName(name)) throw new FileNameError(MAX_NAME_BYTES)
}

function idsOf(shown: Shown): readonly NodeId[] {
  return shown.type === 'folder' ? shown.ids : [shown.id]
}
