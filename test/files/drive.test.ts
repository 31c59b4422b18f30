import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { pick, seededRandom } from '../../src/base/random.ts'
import type { Random } from '../../src/base/random.ts'
import { Drive } from '../../src/files/drive.ts'
import type { NodeId } from '../../src/files/tree/node-ids.ts'
import { ROOT } from '../../src/files/tree/node-ids.ts'
import type { Shown } from '../../src/files/tree/shown-names.ts'
import { TreeProjection } from '../../src/files/tree/tree-projection.ts'
import { TreeReader } from '../../src/files/tree/tree-reader.ts'
import { Machine, World } from '../support/projection-harness.ts'
import { checkWhole, storedTree } from './tree/model.ts'
import { contentOf } from './tree/statements.ts'

const NOW = Date.UTC(2026, 10, 24, 12)

interface Peer {
  readonly machine: Machine<TreeProjection>
  readonly reader: TreeReader
  readonly drive: Drive
  now: number
}

let world: World
let peers: readonly Peer[]
let alice: Peer
let bob: Peer

async function start(name: string): Promise<Peer> {
  const machine = await Machine.start(world, name, () => new TreeProjection())
  const reader = new TreeReader(machine.store, (device) => {
    const owner = peers.find((peer) => peer.machine.device === device)
    return `${owner?.machine.name ?? 'somebody'}’s laptop`
  })
  const clock = { now: () => peer.now, monotonic: () => peer.now, after: () => ({ dispose: () => undefined }) }
  const drive = new Drive({ journal: machine, reader, clock, random: seededRandom(name.length * 77) })
  const peer: Peer = { machine, reader, drive, now: NOW }
  return peer
}

async function settle(random?: Random): Promise<void> {
  for (const { machine } of peers) await machine.catchUp(random)
}

beforeEach(async () => {
  world = new World()
  peers = []
  alice = await start('alice')
  bob = await start('bob')
  peers = [alice, bob]
})

afterEach(async () => {
  for (const { machine } of peers) await machine.stop()
})

async function names({ reader }: Peer, folder: NodeId = ROOT): Promise<readonly string[]> {
  return (await reader.list(folder)).items.map(({ name }) => name)
}

/** All paths below a folder, those of folders with a slash behind. */
async function paths(peer: Peer, folder: NodeId = ROOT, above = ''): Promise<readonly string[]> {
  const found: string[] = []
  for (const shown of (await peer.reader.list(folder)).items) {
    const path = `${above}${shown.name}`
    if (shown.type === 'file') found.push(path)
    else found.push(`${path}/`, ...(await paths(peer, shown.id, `${path}/`)))
  }
  return found
}

async function at(peer: Peer, path: string): Promise<Shown> {
  const shown = await peer.reader.lookUp(path)
  if (shown === undefined) throw new Error(`nothing at ${path}`)
  return shown
}

async function textAt(peer: Peer, path: string): Promise<string | undefined> {
  const shown = await peer.reader.lookUp(path)
  return shown?.type === 'file' ? TEXTS.find((text) => contentOf(text).hash === shown.version.hash) : undefined
}

const TEXTS = ['', 'one', 'two', 'three', 'four']

describe('files and folders', () => {
  test('F15 what one makes, names and moves, all see, by path and by listing', async () => {
    const photos = await alice.drive.createFolder(ROOT, 'Photos')
    const cat = await alice.drive.createFile(photos, 'cat.jpg', contentOf('one'))
    await alice.drive.createFile(ROOT, 'notes.txt', contentOf('two'))
    await settle()
    expect(await paths(bob)).toEqual(['notes.txt', 'Photos/', 'Photos/cat.jpg'])
    await bob.drive.rename(cat, 'dog.jpg')
    await bob.drive.move(cat, ROOT)
    await settle()
    expect(await paths(alice)).toEqual(['dog.jpg', 'notes.txt', 'Photos/'])
    expect(await alice.reader.stat(cat)).toMatchObject({ name: 'dog.jpg', path: 'dog.jpg', version: { size: 3 } })
    expect(await textAt(alice, '/DOG.jpg')).toBe('one')
    expect(await alice.reader.lookUp('dog.jpg/x')).toBeUndefined()
  })

  test('F15 a folder comes in pages, by name', async () => {
    for (const name of ['d', 'b', 'a', 'c', 'e']) await alice.drive.createFolder(ROOT, name)
    const first = await alice.reader.list(ROOT, { limit: 2 })
    expect(first.items.map(({ name }) => name)).toEqual(['a', 'b'])
    const second = await alice.reader.list(ROOT, {
      limit: 2,
      ...(first.next === undefined ? {} : { from: first.next }),
    })
    expect(second.items.map(({ name }) => name)).toEqual(['c', 'd'])
    const third = await alice.reader.list(ROOT, {
      limit: 2,
      ...(second.next === undefined ? {} : { from: second.next }),
    })
    expect(third).toMatchObject({ items: [{ name: 'e' }] })
    expect(third.next).toBeUndefined()
  })

  test('F15 many files are made at once, or none of them', async () => {
    const file = (name: string) => ({ name, content: contentOf('one') })
    const ids = await alice.drive.createFiles(ROOT, [file('a'), file('b')])
    expect((await alice.reader.list(ROOT)).items.map(({ id }) => id)).toEqual(ids)
    await expect(alice.drive.createFiles(ROOT, [file('c'), file('A')])).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    await expect(alice.drive.createFiles(ROOT, [file('d'), file('D')])).rejects.toMatchObject({ code: 'FILE_EXISTS' })
    expect(await names(alice)).toEqual(['a', 'b'])
  })

  test('F9 two who move folders into each other at the same time get no circle, and both see the same', async () => {
    const a = await alice.drive.createFolder(ROOT, 'a')
    const b = await alice.drive.createFolder(ROOT, 'b')
    await settle()
    await alice.drive.move(a, b)
    bob.now++
    await bob.drive.move(b, a)
    await settle()
    expect(await paths(alice)).toEqual(['b/', 'b/a/'])
    expect(await paths(bob)).toEqual(await paths(alice))
  })

  test('F9 F10 moved by one and renamed by another at the same time: both count', async () => {
    const folder = await alice.drive.createFolder(ROOT, 'folder')
    const file = await alice.drive.createFile(ROOT, 'a.txt', contentOf('one'))
    await settle()
    await alice.drive.move(file, folder)
    await bob.drive.rename(file, 'b.txt')
    await settle()
    expect(await paths(alice)).toEqual(['folder/', 'folder/b.txt'])
  })

  test('F10 odd names come back to the letter', async () => {
    const odd = [
      'a\nb',
      ' x ',
      'CON',
      '\u202Etxt.exe',
      'e\u0301',
      '😀'.repeat(60),
      '__proto__',
      'a"*?<>|:\\b',
      '...',
      '(',
    ]
    for (const name of odd) await alice.drive.createFile(ROOT, name, contentOf('one'))
    await settle()
    expect([...(await names(bob))].sort()).toEqual([...odd].sort())
    for (const name of odd) expect((await at(bob, name)).name).toBe(name)
    expect((await at(bob, 'é')).name).toBe('e\u0301')
  })

  test('F10 what people would not mean is refused, and says why', async () => {
    const a = await alice.drive.createFolder(ROOT, 'a')
    const b = await alice.drive.createFolder(a, 'b')
    const codes = async (work: Promise<unknown>): Promise<string> =>
      await work.then(
        () => 'done',
        (error: { readonly code: string }) => error.code,
      )
    expect(await codes(alice.drive.createFolder(ROOT, 'A'))).toBe('FILE_EXISTS')
    expect(await codes(alice.drive.createFile(ROOT, 'x/y', contentOf('')))).toBe('FILE_NAME_INVALID')
    expect(await codes(alice.drive.move(a, b))).toBe('FOLDER_INTO_ITSELF')
    expect(await codes(alice.drive.move(b, 'AAAAAAAAAAAAAAAAAAAAAQ' as NodeId))).toBe('FILE_NOT_FOUND')
    expect(await codes(alice.drive.rename('A'.repeat(22) as NodeId, 'x'))).toBe('FILE_NOT_FOUND')
    expect(await codes(alice.drive.restore(a))).toBe('FILE_NOT_FOUND')
    expect(await codes(alice.drive.rename(a, 'A'))).toBe('done')
    expect(await names(alice)).toEqual(['A'])
  })
})

describe('one name, several things', () => {
  test('F11 folders of one name made at the same time are one folder, whatever is done to it', async () => {
    const hers = await alice.drive.createFolder(ROOT, 'Photos')
    await alice.drive.createFile(hers, 'a.jpg', contentOf('one'))
    const his = await bob.drive.createFolder(ROOT, 'photos')
    await bob.drive.createFile(his, 'b.jpg', contentOf('two'))
    await settle()
    for (const peer of peers) {
      const [folder] = (await peer.reader.list(ROOT)).items
      expect((await peer.reader.list(ROOT)).items).toHaveLength(1)
      for (const id of [hers, his]) expect(await names(peer, id)).toEqual(['a.jpg', 'b.jpg'])
      expect(await textAt(peer, `${folder?.name}/a.jpg`)).toBe('one')
      expect(await textAt(peer, 'PHOTOS/b.jpg')).toBe('two')
    }
    await bob.drive.rename(hers, 'Pictures')
    await settle()
    expect(await paths(alice)).toEqual(['Pictures/', 'Pictures/a.jpg', 'Pictures/b.jpg'])
    await alice.drive.delete(his)
    expect(await paths(alice)).toEqual([])
    for (const { id } of (await alice.reader.bin()).items) await alice.drive.restore(id)
    expect(await paths(alice)).toEqual(['Pictures/', 'Pictures/a.jpg', 'Pictures/b.jpg'])
  })

  test('F11 files of one name made at the same time are both there, told apart by who made them', async () => {
    await alice.drive.createFile(ROOT, 'report.txt', contentOf('one'))
    bob.now += 1000
    await bob.drive.createFile(ROOT, 'Report.txt', contentOf('two'))
    await settle()
    for (const peer of peers) {
      expect(await names(peer)).toEqual(['report.txt', 'Report (bob’s laptop, 24 Nov).txt'])
      expect(await textAt(peer, 'report.txt')).toBe('one')
      expect(await textAt(peer, 'Report (bob’s laptop, 24 Nov).txt')).toBe('two')
    }
  })

  test('F11 a folder keeps its name beside a file of the same, and a note that is taken is counted', async () => {
    await alice.drive.createFile(ROOT, 'x', contentOf('one'))
    await alice.drive.createFile(ROOT, 'x (alice’s laptop, 24 Nov)', contentOf('three'))
    bob.now += 1000
    await bob.drive.createFolder(ROOT, 'x')
    await settle()
    expect(await names(alice)).toEqual(['x', 'x (alice’s laptop, 24 Nov, 2)', 'x (alice’s laptop, 24 Nov)'])
    expect((await at(alice, 'x')).type).toBe('folder')
    expect(await textAt(bob, 'x (alice’s laptop, 24 Nov, 2)')).toBe('one')
    expect(await textAt(bob, 'x (alice’s laptop, 24 Nov)')).toBe('three')
  })

  test('F11 a name that had to be shortened for its note is found as well', async () => {
    const long = `${'ü'.repeat(125)}.txt`
    await alice.drive.createFile(ROOT, long, contentOf('one'))
    bob.now += 1
    await bob.drive.createFile(ROOT, long, contentOf('two'))
    await settle()
    const [, noted] = await names(alice)
    expect(noted).toMatch(/ü \(bob’s laptop, 24 Nov\)\.txt$/)
    expect(await textAt(alice, noted ?? '')).toBe('two')
  })
})

describe('the bin', () => {
  test('F12 what is deleted lies in the bin as a whole, and comes back to where it was', async () => {
    const a = await alice.drive.createFolder(ROOT, 'a')
    const b = await alice.drive.createFolder(a, 'b')
    await alice.drive.createFile(b, 'c.txt', contentOf('one'))
    await alice.drive.delete(b)
    await settle()
    expect(await paths(bob)).toEqual(['a/'])
    const { items } = await bob.reader.bin()
    expect(items).toMatchObject([{ id: b, name: 'b', type: 'folder', from: a, by: alice.machine.device, at: NOW }])
    await bob.drive.restore(b)
    await settle()
    expect(await paths(alice)).toEqual(['a/', 'a/b/', 'a/b/c.txt'])
    expect((await alice.reader.bin()).items).toEqual([])
  })

  test('F12 restored while its folder is in the bin too, it goes to what is left above', async () => {
    const a = await alice.drive.createFolder(ROOT, 'a')
    const b = await alice.drive.createFolder(a, 'b')
    const c = await alice.drive.createFile(b, 'c.txt', contentOf('one'))
    const d = await alice.drive.createFile(b, 'd.txt', contentOf('two'))
    await alice.drive.delete(c)
    await alice.drive.delete(b)
    await alice.drive.restore(c)
    expect(await paths(alice)).toEqual(['a/', 'a/c.txt'])
    await alice.drive.restore(d)
    expect(await paths(alice)).toEqual(['a/', 'a/c.txt', 'a/d.txt'])
    await alice.drive.restore(b)
    expect(await paths(alice)).toEqual(['a/', 'a/b/', 'a/c.txt', 'a/d.txt'])
  })

  test('F12 what others put into a folder while it is deleted goes with it, and is not lost', async () => {
    const a = await alice.drive.createFolder(ROOT, 'a')
    const b = await alice.drive.createFolder(ROOT, 'b')
    const file = await alice.drive.createFile(b, 'x', contentOf('one'))
    await settle()
    await alice.drive.delete(a)
    await bob.drive.move(file, a)
    await bob.drive.createFile(a, 'y', contentOf('two'))
    await settle()
    expect(await paths(alice)).toEqual(['b/'])
    await alice.drive.restore(a)
    await settle()
    expect(await paths(bob)).toEqual(['a/', 'a/x', 'a/y', 'b/'])
  })

  test('F12 deleted by two at the same time, it still knows where it was', async () => {
    const a = await alice.drive.createFolder(ROOT, 'a')
    const file = await alice.drive.createFile(a, 'x', contentOf('one'))
    await settle()
    await alice.drive.delete(file)
    bob.now += 5
    await bob.drive.delete(file)
    await settle()
    await bob.drive.restore(file)
    await settle()
    expect(await paths(alice)).toEqual(['a/', 'a/x'])
  })

  test('F12 what is purged is shown nowhere, and nothing is kept for it', async () => {
    const a = await alice.drive.createFolder(ROOT, 'a')
    const file = await alice.drive.createFile(a, 'x', contentOf('one'))
    await alice.drive.delete(a)
    const referenced = async (): Promise<readonly NodeId[]> => {
      const nodes: NodeId[] = []
      for await (const { node } of alice.reader.referenced()) nodes.push(node)
      return nodes
    }
    expect(await referenced()).toEqual([file])
    await alice.drive.purge(a)
    expect((await alice.reader.bin()).items).toEqual([])
    expect(await referenced()).toEqual([])
    expect(await alice.reader.whereabouts(file)).toBe('gone')
    await expect(alice.drive.restore(file)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' })
  })
})

describe('versions', () => {
  test('F13 each version stays, the latest counts, and an old one comes back as the newest', async () => {
    const file = await alice.drive.createFile(ROOT, 'a', contentOf('one'))
    await settle()
    await bob.drive.write(file, contentOf('two'))
    await settle()
    expect(await textAt(alice, 'a')).toBe('two')
    const { items } = await alice.reader.versions(file)
    expect(items.map(({ content }) => content)).toEqual([contentOf('two'), contentOf('one')])
    expect(items.map(({ by }) => by)).toEqual([bob.machine.device, alice.machine.device])
    const oldest = items.at(-1)?.id
    if (oldest !== undefined) await alice.drive.restoreVersion(file, oldest)
    await settle()
    expect(await textAt(bob, 'a')).toBe('one')
    expect((await bob.reader.versions(file)).items).toHaveLength(3)
    const first = await bob.reader.versions(file, { limit: 2 })
    const rest = await bob.reader.versions(file, {
      limit: 2,
      ...(first.next === undefined ? {} : { from: first.next }),
    })
    expect([first.items.length, rest.items.length]).toEqual([2, 1])
  })

  test('F13 changed in two places at the same time, both stand side by side until somebody chooses', async () => {
    const file = await alice.drive.createFile(ROOT, 'report.txt', contentOf('one'))
    await settle()
    await bob.drive.write(file, contentOf('two'))
    alice.now += 60_000
    await alice.drive.write(file, contentOf('three'))
    await settle()
    for (const peer of peers) {
      expect(await names(peer)).toEqual(['report.txt', 'report (bob’s laptop, 24 Nov).txt'])
      expect(await textAt(peer, 'report.txt')).toBe('three')
      expect(await textAt(peer, 'report (bob’s laptop, 24 Nov).txt')).toBe('two')
    }
    const beside = await at(alice, 'report (bob’s laptop, 24 Nov).txt')
    if (beside.type === 'file') await alice.drive.restoreVersion(file, beside.version.id)
    await settle()
    expect(await names(bob)).toEqual(['report.txt'])
    expect(await textAt(bob, 'report.txt')).toBe('two')
  })

  test('F13 the same change in two places is no conflict', async () => {
    const file = await alice.drive.createFile(ROOT, 'a', contentOf('one'))
    await settle()
    await bob.drive.write(file, contentOf('two'))
    await alice.drive.write(file, contentOf('two'))
    await settle()
    expect(await names(alice)).toEqual(['a'])
  })

  test('F13 who goes on writing to a file keeps what stood beside it', async () => {
    const file = await alice.drive.createFile(ROOT, 'a.txt', contentOf('one'))
    await settle()
    await bob.drive.write(file, contentOf('two'))
    alice.now += 60_000
    await alice.drive.write(file, contentOf('three'))
    await settle()
    await bob.drive.write(file, contentOf('four'))
    await settle()
    for (const peer of peers) {
      expect(await names(peer)).toEqual(['a (bob’s laptop, 24 Nov).txt', 'a.txt'])
      expect(await textAt(peer, 'a.txt')).toBe('four')
      expect(await textAt(peer, 'a (bob’s laptop, 24 Nov).txt')).toBe('two')
    }
  })

  test('F12 F13 changed while it is deleted: the change is in the bin, and comes back with it', async () => {
    const file = await alice.drive.createFile(ROOT, 'a', contentOf('one'))
    await settle()
    await alice.drive.delete(file)
    await bob.drive.write(file, contentOf('two'))
    await settle()
    expect(await names(bob)).toEqual([])
    await bob.drive.restore(file)
    expect(await textAt(bob, 'a')).toBe('two')
  })
})

describe('finding and settings', () => {
  test('F15 search finds names by any part of them, and nothing that is in the bin', async () => {
    const a = await alice.drive.createFolder(ROOT, 'Übersicht')
    await alice.drive.createFile(a, 'Budget 2026.ods', contentOf('one'))
    const gone = await alice.drive.createFolder(ROOT, 'old')
    await alice.drive.createFile(gone, 'budget 2019.ods', contentOf('one'))
    await alice.drive.delete(gone)
    expect(await alice.reader.search('BUDGET')).toMatchObject([{ path: 'Übersicht/Budget 2026.ods', type: 'file' }])
    expect(await alice.reader.search('u\u0308ber')).toMatchObject([{ path: 'Übersicht', type: 'folder' }])
    expect(await alice.reader.search('nothing')).toEqual([])
  })

  test('F6 how many copies are kept is said by the nearest folder that says so', async () => {
    const a = await alice.drive.createFolder(ROOT, 'a')
    const b = await alice.drive.createFolder(a, 'b')
    const file = await alice.drive.createFile(b, 'x', contentOf('one'))
    expect(await alice.reader.copiesOf(file)).toBeUndefined()
    await alice.drive.setCopies(ROOT, 4)
    await alice.drive.setCopies(a, 2)
    expect(await alice.reader.copiesOf(file)).toBe(2)
    await alice.drive.setCopies(b, 5)
    await alice.drive.setCopies(b, null)
    expect(await alice.reader.copiesOf(file)).toBe(2)
    await alice.drive.setCopies(a, null)
    expect(await alice.reader.copiesOf(file)).toBe(4)
    expect(await names(alice)).toEqual(['a'])
  })

  test('F14 what lies in a folder whose making counts nothing is shown as recovered', async () => {
    const lost = await alice.drive.createFolder(ROOT, 'lost')
    await alice.drive.createFile(lost, 'a', contentOf('one'))
    const cut = new Set(world.written.filter(({ entry }) => entry.kind === 'folder.create'))
    await bob.machine.catchUp(seededRandom(1), { cut })
    expect(await paths(bob)).toEqual(['Recovered/', 'Recovered/a'])
    expect(await textAt(bob, 'Recovered/a')).toBe('one')
    await bob.machine.deliver([...cut])
    expect(await paths(bob)).toEqual(['lost/', 'lost/a'])
  })
})

describe('people at work', () => {
  test('F8 F9 F12 many changes, partitions and restores: all see the same, and nothing is lost', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed)
      world = new World()
      peers = []
      peers = await Promise.all(['alice', 'bob', 'carol'].map(start))
      const made = new Set<NodeId>()
      for (let step = 0; step < 80; step++) {
        const peer = pick(random, peers)
        peer.now += random.below(2000)
        if (random.float() < 0.25) await peer.machine.catchUp(random)
        else await act(peer, random, made)
      }
      await settle(random)
      await settle(random)
      const [first, ...others] = await Promise.all(peers.map(async (peer) => await paths(peer)))
      for (const other of others) expect(other).toEqual(first)
      for (const { machine } of peers) {
        const tree = await storedTree(machine.store)
        checkWhole(tree)
        expect(new Set(tree.keys())).toEqual(made)
      }
      // Everything that was not purged can be brought back.
      const [peer] = peers
      if (peer === undefined) throw new Error('nobody')
      for (const { id } of (await peer.reader.bin()).items) await peer.drive.restore(id)
      for (const id of made) {
        const shown = await peer.reader.stat(id)
        expect(shown).toBeDefined()
        const found = await peer.reader.lookUp(shown?.path ?? '')
        expect(found?.type === 'folder' ? found.ids : [found?.id]).toContain(id)
      }
      for (const { machine } of peers) await machine.stop()
    }
  }, 60_000)
})

/** One random step of one person; what is refused is refused. */
async function act(peer: Peer, random: Random, made: Set<NodeId>): Promise<void> {
  const tree = await storedTree(peer.machine.store)
  const folders: NodeId[] = [ROOT]
  const all: NodeId[] = []
  for (const id of tree.keys()) {
    const shown = await peer.reader.stat(id)
    if (shown === undefined) continue
    all.push(id)
    if (shown.type === 'folder') folders.push(id)
  }
  const name = pick(random, ['a', 'b', 'B', 'c.txt', 'd.txt'])
  const content = contentOf(pick(random, TEXTS))
  const draw = random.float()
  try {
    if (draw < 0.25 || all.length === 0) made.add(await peer.drive.createFolder(pick(random, folders), name))
    else if (draw < 0.45) made.add(await peer.drive.createFile(pick(random, folders), name, content))
    else if (draw < 0.65) await peer.drive.move(pick(random, all), pick(random, folders))
    else if (draw < 0.75) await peer.drive.rename(pick(random, all), name)
    else if (draw < 0.85) await peer.drive.delete(pick(random, all))
    else if (draw < 0.9) {
      const { items } = await peer.reader.bin()
      if (items.length > 0) await peer.drive.restore(pick(random, items).id)
    } else {
      const before = new Set(tree.keys())
      await peer.drive.write(pick(random, all), content)
      for (const id of (await storedTree(peer.machine.store)).keys()) if (!before.has(id)) made.add(id)
    }
  } catch (error) {
    if (!REFUSALS.has((error as { readonly code?: string }).code ?? '')) throw error
  }
}

const REFUSALS = new Set(['FILE_EXISTS', 'FILE_NOT_FOUND', 'FOLDER_INTO_ITSELF'])
