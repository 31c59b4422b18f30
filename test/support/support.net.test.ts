import { createServer } from 'node:net'

import { describe, expect, test } from 'vitest'

import { eventually, eventuallyPasses } from './eventually.ts'
import { checkLeaks } from './leak-check.ts'
import { startProcess } from './processes.ts'

describe('eventually', () => {
  test('gives what the condition gave, once it is truthy', async () => {
    let looks = 0
    expect(await eventually(() => (++looks > 3 ? looks : undefined))).toBe(4)
    expect(await eventually(async () => (++looks > 6 ? 'done' : ''))).toBe('done')
  })

  test('shows the last value, or the last error, where the condition is never met', async () => {
    const options = { timeout: 50, what: 'the mesh' }
    const never = (): boolean => [{ peer: 'bob' }].length > 1
    await expect(eventually(never, options)).rejects.toThrow(/^the mesh was not met .* the last value was false/)
    await expect(eventuallyPasses(() => expect([1]).toEqual([1, 2]), options)).rejects.toThrow(
      /the mesh was not met .* the last look threw expected/,
    )
  })

  test('ends when its signal fires', async () => {
    await expect(eventually(() => false, { signal: AbortSignal.timeout(30) })).rejects.toThrow('not met')
  })
})

describe('processes', () => {
  const printer = 'setInterval(() => {}, 1000); console.log("hello"); console.log(JSON.stringify({ event: "ready" }))'

  test('print lines and values, and are gone when killed', async () => {
    checkLeaks()
    const one = startProcess(['-e', printer])
    expect(await one.line()).toBe('hello')
    expect(await one.value<{ event: string }>(({ event }) => event === 'ready')).toEqual({ event: 'ready' })
    expect(one.values).toEqual([{ event: 'ready' }])
    await one.kill9()
    expect(await one.exited).toEqual({ code: null, signal: 'SIGKILL' })
    expect(() => process.kill(one.pid, 0)).toThrow('ESRCH')
  })

  test('say what they printed when the awaited line does not come', async () => {
    const one = startProcess(['-e', 'console.log("hello"); console.error("oh no"); process.exit(3)'])
    const failure = await one.line((line) => line === 'never').catch((error: unknown) => error)
    expect(String(failure)).toMatch(/hello[^]*oh no[^]*status 3/)
    await expect(one.succeeded()).rejects.toThrow('status 3')
    const missing = startProcess([], { command: '/nowhere/at/all' })
    await expect(missing.line()).rejects.toThrow('ENOENT')
  })

  const left: number[] = []
  test('are ended with all that they started when the test ends', async () => {
    const parent = startProcess([
      '-e',
      `const { spawn } = require('child_process')
       console.log(spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']).pid)
       setInterval(() => {}, 1000)`,
    ])
    left.push(parent.pid, Number(await parent.line()))
  })

  test('of the test before are gone', async () => {
    expect(left).toHaveLength(2)
    await eventually(() => left.every((pid) => !isRunning(pid)))
  })
})

describe('the leak check', () => {
  test.fails('notices a server that was left open', async () => {
    checkLeaks()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    // Closed long after the check looked.
    setTimeout(() => server.close(), 4000)
  })
})

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
