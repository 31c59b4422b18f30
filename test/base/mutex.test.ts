import { expect, test } from 'vitest'

import { Mutex } from '../../src/base/mutex.ts'

test('a mutex runs one piece at a time, in order, failures or not', async () => {
  const mutex = new Mutex()
  const log: string[] = []
  const piece =
    (name: string, fails = false) =>
    async (): Promise<string> => {
      log.push(`${name} begins`)
      await Promise.resolve()
      await Promise.resolve()
      log.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }
  const outcomes = Promise.allSettled([mutex.run(piece('a')), mutex.run(piece('b', true)), mutex.run(piece('c'))])
  await mutex.idle()
  expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
})
