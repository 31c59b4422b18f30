import { expect, test } from 'vitest'

import { AbortedError, codeOf, messageOf, MurmurationError, TimeoutError } from '../../src/base/errors.ts'

test('an error carries its own name, its code and its cause', () => {
  class DiskOnFireError extends MurmurationError {
    constructor(options?: ErrorOptions) {
      super('DISK_ON_FIRE', 'the disk is on fire; call for help', options)
    }
  }
  const cause = new Error('smoke')
  const error = new DiskOnFireError({ cause })
  expect(error).toBeInstanceOf(Error)
  expect([error.name, error.code, error.cause]).toEqual(['DiskOnFireError', 'DISK_ON_FIRE', cause])
})

test('anything thrown has a code and a message', () => {
  expect(codeOf(new AbortedError())).toBe('ABORTED')
  expect(codeOf(Object.assign(new Error('no'), { code: 'ENOENT' }))).toBe('ENOENT')
  for (const thrown of [undefined, null, 'text', 7, {}, { code: 7 }, new Error('no')]) {
    expect(codeOf(thrown)).toBe('UNKNOWN')
  }
  expect(messageOf(new TimeoutError('too late'))).toBe('too late')
  expect(messageOf('text')).toBe('text')
  expect(messageOf(null)).toBe('null')
})
