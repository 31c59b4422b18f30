import { describe, expect, test } from 'vitest'

import { operandsLast, usualCommand } from '../../src/cli/operands.ts'

const ID = '-bcdefghijklmnopqrstu_'
const DASHES = '--cdefghijklmnopqrstu_'

describe('operands that begin with a dash go last, in their order', () => {
  test.each<[readonly string[], readonly string[]]>([
    [
      ['send', 'general', 'hello'],
      ['send', 'general', 'hello'],
    ],
    [
      ['send', 'general', '-'],
      ['send', 'general', '-'],
    ],
    [
      ['doc', 'append', 'd', '- bread', 'and', '-5 eggs', '--json', '--data-dir', '/x'],
      ['doc', 'append', 'd', '--json', '--data-dir', '/x', '--', '- bread', 'and', '-5 eggs'],
    ],
    [
      ['doc', 'cat', ID],
      ['doc', 'cat', '--', ID],
    ],
    [
      ['doc', 'cat', '--json', DASHES],
      ['doc', 'cat', '--json', '--', DASHES],
    ],
    [
      ['doc', 'append', ID, 'two', '--json', 'words'],
      ['doc', 'append', '--json', '--', ID, 'two', 'words'],
    ],
    [
      ['read', 'general', '--before', ID],
      ['read', 'general', '--before', ID],
    ],
    [
      ['read', ID, '--before', DASHES, '--follow'],
      ['read', '--before', DASHES, '--follow', '--', ID],
    ],
    [
      ['read', 'general', '--limit', '-5'],
      ['read', 'general', '--limit', '-5'],
    ],
    [
      ['send', 'general', '--', '-5'],
      ['send', 'general', '--', '-5'],
    ],
    [
      ['status', '--jsn'],
      ['status', '--jsn'],
    ],
    [
      ['status', '-x'],
      ['status', '-x'],
    ],
  ])('%j', (args, expected) => {
    expect(operandsLast(args)).toEqual(expected)
  })
})

describe('a group that is often wanted without a command has one', () => {
  test.each<[readonly string[], readonly string[]]>([
    [['invite'], ['invite', 'create']],
    [
      ['--data-dir', '/x', 'invite', '--uses', '3', '--qr'],
      ['--data-dir', '/x', 'invite', 'create', '--uses', '3', '--qr'],
    ],
    [
      ['invite', 'list'],
      ['invite', 'list'],
    ],
    [
      ['invite', 'lst'],
      ['invite', 'lst'],
    ],
    [
      ['invite', '--help'],
      ['invite', '--help'],
    ],
    [
      ['send', 'invite', 'hello'],
      ['send', 'invite', 'hello'],
    ],
    [['status'], ['status']],
    [[], []],
  ])('%j', (args, expected) => {
    expect(usualCommand(args)).toEqual(expected)
  })
})
