import { describe, expect, test } from 'vitest'

import { utf8 } from '../../src/base/bytes.ts'
import { messageOf } from '../../src/base/errors.ts'
import { GroupCommit, MAX_GROUP_BYTES, MAX_GROUP_OPERATIONS } from '../../src/store/group-commit.ts'
import type { Operation } from '../../src/store/record-store.ts'

/** Commits and syncs that end when the test says so. */
class Held {
  readonly groups: string[] = []
  syncs = 0
  readonly writes = new GroupCommit({
    commit: async (operations) => {
      this.groups.push(operations.map(({ key }) => Buffer.from(key).toString()).join(' '))
      await this.#hold(this.#commits)
    },
    sync: async () => {
      this.syncs++
      await this.#hold(this.#syncs)
    },
  })
  readonly #commits: End[] = []
  readonly #syncs: End[] = []

  async endCommit(error?: Error): Promise<void> {
    await this.#end(this.#commits, error)
  }

  async endSync(error?: Error): Promise<void> {
    await this.#end(this.#syncs, error)
  }

  async #end(ends: End[], error: Error | undefined): Promise<void> {
    await turn()
    const [first] = ends.splice(0, 1)
    if (first === undefined) throw new Error('nothing is under way')
    if (error === undefined) first.resolve()
    else first.reject(error)
    await turn()
  }

  async #hold(ends: End[]): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      ends.push({ resolve, reject })
    })
  }
}

interface End {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const put = (key: string, bytes = 0): Operation[] => [{ type: 'put', key: utf8(key), value: new Uint8Array(bytes) }]

/** Names what has resolved, in order. */
function recorder(held: Held): { readonly done: string[]; readonly write: (key: string, durable: boolean) => void } {
  const done: string[] = []
  return {
    done,
    write: (key, durable) => {
      held.writes.write(key === '' ? [] : put(key), durable).then(
        () => done.push(key),
        (error: unknown) => done.push(`${key}: ${messageOf(error)}`),
      )
    },
  }
}

describe('group commit', () => {
  test('what comes while a group is committed forms the next', async () => {
    const held = new Held()
    const { done, write } = recorder(held)
    for (const key of ['a', 'b']) write(key, false)
    await turn()
    for (const key of ['c', 'd', 'e']) write(key, false)
    await held.endCommit()
    expect(done).toEqual(['a', 'b'])
    await held.endCommit()
    expect(held.groups).toEqual(['a b', 'c d e'])
    expect(done).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(held.syncs).toBe(0)
  })

  test('durable writes share a sync that begins after them, and others wait for none', async () => {
    const held = new Held()
    const { done, write } = recorder(held)
    write('a', true)
    await held.endCommit()
    expect(done).toEqual([])
    for (const key of ['b', 'c']) write(key, true)
    write('d', false)
    await held.endCommit()
    expect(held.groups).toEqual(['a', 'b c d'])
    expect(done).toEqual(['d'])
    await held.endSync()
    expect(done).toEqual(['d', 'a'])
    await held.endSync()
    expect(done).toEqual(['d', 'a', 'b', 'c'])
    expect(held.syncs).toBe(2)
  })

  test('an empty durable write covers what was asked for before, and commits nothing', async () => {
    const held = new Held()
    const { done, write } = recorder(held)
    write('a', false)
    write('', true)
    await held.endCommit()
    expect(done).toEqual(['a'])
    await held.endSync()
    expect(done).toEqual(['a', ''])
    expect(held.groups).toEqual(['a'])
  })

  test('a failed commit takes along what was queued behind it, and nothing that comes later', async () => {
    const held = new Held()
    const { done, write } = recorder(held)
    write('a', true)
    await turn()
    write('b', false)
    await held.endCommit(new Error('disk full'))
    expect(done).toEqual(['a: disk full', 'b: disk full'])
    write('c', false)
    await held.endCommit()
    expect(done.at(-1)).toBe('c')
    expect(held.groups).toEqual(['a', 'c'])
    expect(held.syncs).toBe(0)
  })

  test('a failed sync is the failure of those alone who waited for it', async () => {
    const held = new Held()
    const { done, write } = recorder(held)
    write('a', true)
    await held.endCommit()
    write('b', true)
    await held.endCommit()
    await held.endSync(new Error('disk broken'))
    expect(done).toEqual(['a: disk broken'])
    await held.endSync()
    expect(done).toEqual(['a: disk broken', 'b'])
    await held.writes.idle()
  })

  test('groups are bounded in bytes and operations, but one write is never torn', async () => {
    const held = new Held()
    const many = Array.from({ length: MAX_GROUP_OPERATIONS - 1 }, () => put('x')).flat()
    const written = Promise.all([
      held.writes.write(put('big', MAX_GROUP_BYTES * 2), false),
      held.writes.write(put('a', MAX_GROUP_BYTES / 2), false),
      held.writes.write(put('b', MAX_GROUP_BYTES / 2), false),
      held.writes.write(many, false),
      held.writes.write(put('c'), false),
    ])
    for (let i = 0; i < 4; i++) await held.endCommit()
    await written
    expect(held.groups.map((group) => group.split(' ').length)).toEqual([1, 1, MAX_GROUP_OPERATIONS, 1])
  })
})
