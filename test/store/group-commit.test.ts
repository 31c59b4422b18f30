import { describe, expect, test } from 'vitest'

import { utf8 } from '../../src/base/bytes.ts'
import type { Group } from '../../src/store/group-commit.ts'
import { GroupCommit, MAX_GROUP_BYTES, MAX_GROUP_OPERATIONS } from '../../src/store/group-commit.ts'
import type { Operation } from '../../src/store/record-store.ts'

/** Commits that end when the test says so. */
class HeldCommits {
  readonly groups: string[] = []
  readonly writes = new GroupCommit((group) => this.#commit(group))
  #ends: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = []

  async end(error?: Error): Promise<void> {
    await turn()
    const [first] = this.#ends.splice(0, 1)
    if (first === undefined) throw new Error('nothing is being committed')
    if (error === undefined) first.resolve()
    else first.reject(error)
    await turn()
  }

  async #commit({ operations, durable }: Group): Promise<void> {
    this.groups.push(
      `${operations.map(({ key }) => Buffer.from(key).toString()).join(' ')}${durable ? ' durable' : ''}`,
    )
    await new Promise<void>((resolve, reject) => {
      this.#ends.push({ resolve, reject })
    })
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const put = (key: string, bytes = 0): Operation[] => [{ type: 'put', key: utf8(key), value: new Uint8Array(bytes) }]

describe('group commit', () => {
  test('what comes while a group is committed forms the next, and durable writes share one fsync', async () => {
    const commits = new HeldCommits()
    const done: string[] = []
    const write = (key: string): void => {
      void commits.writes.write(put(key), true).then(() => done.push(key))
    }
    write('a')
    write('b')
    await turn()
    for (const key of ['c', 'd', 'e']) write(key)
    await commits.end()
    expect(done).toEqual(['a', 'b'])
    await commits.end()
    expect(commits.groups).toEqual(['a b durable', 'c d e durable'])
    expect(done).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  test('writes before the first durable one go ahead of its fsync, those behind it keep their place', async () => {
    const commits = new HeldCommits()
    const written = [
      commits.writes.write(put('first'), true),
      turn().then(() =>
        Promise.all([
          commits.writes.write(put('a'), false),
          commits.writes.write(put('b'), false),
          commits.writes.write(put('c'), true),
          commits.writes.write(put('d'), false),
        ]),
      ),
    ]
    await turn()
    for (let i = 0; i < 3; i++) await commits.end()
    await Promise.all(written)
    expect(commits.groups).toEqual(['first durable', 'a b', 'c d durable'])
  })

  test('a failure takes along what was queued behind it, and nothing that comes later', async () => {
    const commits = new HeldCommits()
    const first = commits.writes.write(put('a'), true)
    await turn()
    const behind = commits.writes.write(put('b'), false)
    const outcomes = Promise.allSettled([first, behind])
    await commits.end(new Error('disk full'))
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const later = commits.writes.write(put('c'), false)
    await commits.end()
    await later
    expect(commits.groups).toEqual(['a durable', 'c'])
    await commits.writes.idle()
  })

  test('groups are bounded in bytes and operations, but one write is never torn', async () => {
    const commits = new HeldCommits()
    const many = Array.from({ length: MAX_GROUP_OPERATIONS - 1 }, () => put('x')).flat()
    const written = Promise.all([
      commits.writes.write(put('big', MAX_GROUP_BYTES * 2), false),
      commits.writes.write(put('a', MAX_GROUP_BYTES / 2), false),
      commits.writes.write(put('b', MAX_GROUP_BYTES / 2), false),
      commits.writes.write(many, false),
      commits.writes.write(put('c'), false),
    ])
    for (let i = 0; i < 4; i++) await commits.end()
    await written
    expect(commits.groups.map((group) => group.split(' ').length)).toEqual([1, 1, MAX_GROUP_OPERATIONS, 1])
  })
})
