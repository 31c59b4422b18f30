import { describe, expect, test } from 'vitest'

import type { CallOptions } from '../../src/api/client/index.ts'
import type { JoinProgress } from '../../src/api/contract/index.ts'
import { Joining } from '../../renderer/state/joining.ts'
import { eventually } from '../support/eventually.ts'

const AT = { swarm: 'Studio Lisbon', tried: [], received: null, total: null } as const
const catchingUp: JoinProgress = { ...AT, stage: 'catching-up', received: 1, total: 9 }

/** A join whose end is made by hand. */
function joinOf(joining: Joining) {
  const join = {
    options: {} as CallOptions,
    resolve: (): void => undefined,
    reject: (_error: Error): void => undefined,
  }
  joining.start(async (options) => {
    join.options = options
    await new Promise<void>((resolve, reject) => {
      join.resolve = resolve
      join.reject = reject
    })
  })
  return join
}

describe('joining', () => {
  test('is over once the call has resolved and nothing is left to fetch', async () => {
    let read = 0
    const joining = new Joining(async () => {
      read++
    })
    const join = joinOf(joining)
    joining.progressed({ ...AT, stage: 'done' })
    join.resolve()
    await eventually(() => joining.state.value.kind === 'idle')
    expect(read).toBe(1)
  })

  test('goes on to the last change where something is left, and takes no older stage for it', async () => {
    const joining = new Joining(async () => undefined)
    const join = joinOf(joining)
    joining.progressed(catchingUp)
    expect(joining.state.value).toEqual({ kind: 'running', isIn: false, progress: catchingUp })
    join.resolve()
    await eventually(() => joining.state.value.kind === 'running' && joining.state.value.isIn)
    joining.progressed({ ...catchingUp, received: 5 })
    expect(joining.state.value.kind).toBe('running')
    joining.progressed({ ...AT, stage: 'done' })
    expect(joining.state.value).toEqual({ kind: 'idle' })
  })

  test('fails with code and reason, and how far it came', async () => {
    const joining = new Joining(async () => undefined)
    const join = joinOf(joining)
    const progress = { ...AT, stage: 'connecting' } as const
    joining.progressed(progress)
    join.reject(Object.assign(new Error('the invite has expired'), { code: 'INVITE_EXPIRED' }))
    await eventually(() => joining.state.value.kind === 'failed')
    expect(joining.state.value).toEqual({
      kind: 'failed',
      code: 'INVITE_EXPIRED',
      reason: 'the invite has expired',
      progress,
    })
  })

  test('a cancelled join is aborted, and its end is no failure', async () => {
    const joining = new Joining(async () => undefined)
    const join = joinOf(joining)
    joining.cancel()
    expect(join.options.signal?.aborted).toBe(true)
    join.reject(new Error('aborted'))
    await Promise.resolve()
    expect(joining.state.value).toEqual({ kind: 'idle' })
  })

  test('looking away stops nothing', () => {
    const joining = new Joining(async () => undefined)
    const join = joinOf(joining)
    joining.dismiss()
    expect(join.options.signal?.aborted).toBe(false)
    joining.progressed(catchingUp)
    expect(joining.state.value).toEqual({ kind: 'idle' })
  })

  test('another join ends the one before', async () => {
    const joining = new Joining(async () => undefined)
    const first = joinOf(joining)
    const second = joinOf(joining)
    expect(first.options.signal?.aborted).toBe(true)
    first.reject(new Error('aborted'))
    second.reject(new Error('no'))
    await eventually(() => joining.state.value.kind === 'failed')
    expect(joining.state.value).toMatchObject({ reason: 'no' })
  })
})
