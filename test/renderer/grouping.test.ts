import { describe, expect, test } from 'vitest'

import type { Message } from '../../src/api/contract/index.ts'
import { firstUnreadOf, itemsOf } from '../../renderer/messages/grouping.ts'
import { plainText } from '../../renderer/messages/plain-text.ts'
import { trimmed, withChanged, withNewestPage, withOlder } from '../../renderer/state/message-list.ts'
import { demoId, demoMessage } from './demo-world.ts'

const NOON = new Date(2026, 10, 23, 12).getTime()
const MINUTE = 60_000

const message = (id: string, minutes: number, change: Partial<Message> = {}): Message =>
  demoMessage({ id, text: id, at: NOON + minutes * MINUTE, ...change })
const carols = { deviceId: demoId(4), author: 'carol' }

const shape = (messages: readonly Message[], unread: string | null = null): readonly string[] =>
  itemsOf(messages, unread, (device) => (device === demoId(5) ? demoId(4) : device)).map((item) =>
    item.kind === 'group' ? item.messages.map(({ id }) => id).join('+') : item.kind,
  )

describe('messages in groups', () => {
  test('neighbours of one author stand together until they pause', () => {
    expect(
      shape([message('a', 0), message('b', 1), message('c', 2, carols), message('d', 3), message('e', 9)]),
    ).toEqual(['day', 'a+b', 'c', 'd', 'e'])
  })

  test('what one person writes on two machines stands together', () => {
    expect(shape([message('a', 0, carols), message('b', 1, { ...carols, deviceId: demoId(5) })])).toEqual([
      'day',
      'a+b',
    ])
  })

  test('an answer begins a group of its own', () => {
    expect(shape([message('a', 0), message('b', 1, { replyTo: 'a' })])).toEqual(['day', 'a', 'b'])
  })

  test('each day has its heading', () => {
    expect(shape([message('a', 0), message('b', 24 * 60)])).toEqual(['day', 'a', 'day', 'b'])
  })

  test('what is new is marked where it begins, counting others only', () => {
    const messages = [message('a', 0), message('b', 1), message('c', 2, { own: true }), message('d', 3)]
    expect(firstUnreadOf(messages, 2)).toBe('b')
    expect(firstUnreadOf(messages, 0)).toBeNull()
    expect(shape(messages, 'b')).toEqual(['day', 'a', 'new', 'b+c+d'])
  })

  test('a quoted message is one line without its marks', () => {
    expect(plainText('# Look\n\n- a **bold** [link](https://example.org)\n```\ncode\n```')).toBe(
      'Look a bold link code',
    )
  })
})

describe('the list of messages', () => {
  const [a, b, c] = [message('a', 0), message('b', 1), message('c', 2)] as const

  test('what is new goes to the end, what changed stays in its place', () => {
    expect(withChanged([a, b], c, true)).toEqual([a, b, c])
    const edited = { ...a, text: 'edited' }
    expect(withChanged([a, b], edited, false)).toEqual([edited, b])
    expect(withChanged([b], edited, false)).toEqual([b])
  })

  test('older ones go before, each once', () => {
    expect(withOlder([b, c], [a, b])).toEqual([a, b, c])
  })

  test('the newest page keeps what is older, unless there is a gap', () => {
    expect(withNewestPage([a, b], [b, c])).toEqual([a, b, c])
    expect(withNewestPage([a], [c])).toEqual([c])
    expect(withNewestPage([a, b], [])).toEqual([])
  })

  test('holds no more than its bound', () => {
    const many = Array.from({ length: 900 }, (_, index) => message(`m${index}`, index))
    const kept = trimmed(many)
    expect(kept.cut).toBe(true)
    expect(kept.messages.at(-1)).toBe(many.at(-1))
    expect(trimmed([a, b])).toEqual({ messages: [a, b], cut: false })
  })
})
