import { describe, expect, test } from 'vitest'

import { Emitter } from '../../src/base/emitter.ts'

interface Events {
  readonly 'thing:done': { readonly n: number }
  readonly 'other:done': { readonly n: number }
}

describe('an emitter', () => {
  test('tells each listener of its event, in the order of subscribing', () => {
    const events = new Emitter<Events>()
    const heard: string[] = []
    events.on('thing:done', ({ n }) => heard.push(`first ${n}`))
    events.on('thing:done', ({ n }) => heard.push(`second ${n}`))
    events.on('other:done', ({ n }) => heard.push(`other ${n}`))
    events.emit('thing:done', { n: 1 })
    expect(heard).toEqual(['first 1', 'second 1'])
  })

  test('tells nobody who left, also while it tells', () => {
    const events = new Emitter<Events>()
    const heard: string[] = []
    const first = events.on('thing:done', () => {
      heard.push('first')
      first.dispose()
      first.dispose()
      events.on('thing:done', () => heard.push('late'))
    })
    events.emit('thing:done', { n: 1 })
    expect(heard).toEqual(['first'])
    events.emit('thing:done', { n: 2 })
    expect(heard).toEqual(['first', 'late'])
  })

  test('keeps a listener’s failure from the others and from who announced', () => {
    const failures: unknown[] = []
    const events = new Emitter<Events>((error) => failures.push(error))
    const heard: number[] = []
    const failure = new Error('no')
    events.on('thing:done', () => {
      throw failure
    })
    events.on('thing:done', ({ n }) => heard.push(n))
    events.emit('thing:done', { n: 1 })
    expect(heard).toEqual([1])
    expect(failures).toEqual([failure])
  })
})
