import { describe, expect, test } from 'vitest'

import { fileName } from '../../renderer/documents/download.ts'
import { inviteIn } from '../../renderer/first-run/invite-text.ts'
import { plainAddress } from '../../renderer/format/address.ts'
import { formatBytes, formatCount } from '../../renderer/format/numbers.ts'
import { formatAgo, formatDay } from '../../renderer/format/times.ts'
import { initials } from '../../renderer/shared/avatar-initials.ts'
import { counted, listed, oneOf } from '../../renderer/strings/plural.ts'

const NOW = new Date(2026, 10, 23, 12).getTime()
const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('addresses for people', () => {
  test.each([
    ['/ip4/192.168.1.20/tcp/4001/p2p/12D3KooWabc', '192.168.1.20, port 4001'],
    ['/ip6/2001:db8::7/udp/4001/webrtc-direct', '2001:db8::7, port 4001'],
    ['/dns4/home.example.org/tcp/4001', 'home.example.org, port 4001'],
    ['/ip4/203.0.113.9/tcp/4001/p2p/12D3KooWabc/p2p-circuit', 'through 203.0.113.9, port 4001'],
    ['/memory/alice', '/memory/alice'],
  ])('%s is %s', (address, text) => expect(plainAddress(address)).toBe(text))
})

describe('numbers and times for people', () => {
  test('one of several is joined by "or", whatever is in the names', () => {
    expect(oneOf([])).toBe('')
    expect(oneOf(['Anna and Tom'])).toBe('Anna and Tom')
    expect(oneOf(['Anna and Tom', 'Bob'])).toBe('Anna and Tom or Bob')
    expect(oneOf(['a', 'b', 'c', 'd'])).toBe('a, b or 2 others')
  })

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 KB'],
    [999_950, '1 MB'],
    [14_400_000_000, '14.4 GB'],
    [164_000_000_000, '164 GB'],
    [3_100_000_000_000, '3.1 TB'],
  ])('%i bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text))

  test.each([
    [10_000, 'just now'],
    [50_000, '1 min ago'],
    [59 * MINUTE, '59 min ago'],
    [2 * HOUR, '2 h ago'],
    [26 * HOUR, 'yesterday'],
    [3 * 24 * HOUR, '3 days ago'],
    [40 * 24 * HOUR, '14 Oct'],
    [-HOUR, '23 Nov'],
  ])('%i ms ago is %s', (age, text) => expect(formatAgo(NOW - age, NOW)).toBe(text))

  test('days are headed as people call them', () => {
    expect(formatDay(NOW, NOW)).toBe('Today')
    expect(formatDay(NOW - 24 * HOUR, NOW)).toBe('Yesterday')
    expect(formatDay(NOW - 3 * 24 * HOUR, NOW)).toBe('Friday 20 November')
    expect(formatDay(NOW - 700 * 24 * HOUR, NOW)).toBe('23 December 2024')
  })

  test('counts are grouped and agree with their noun', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567')
    expect(counted(1, 'machine', 'machines')).toBe('1 machine')
    expect(counted(1200, 'change', 'changes')).toBe('1,200 changes')
  })

  test('names are listed as one says them', () => {
    expect(listed(['alice'])).toBe('alice')
    expect(listed(['alice', 'bob'])).toBe('alice and bob')
    expect(listed(['alice', 'bob', 'carol'])).toBe('alice, bob and carol')
    expect(listed(['alice', 'bob', 'carol', 'dave'])).toBe('alice, bob and 2 others')
  })

  test.each([
    ['bob’s laptop', 'BL'],
    ['nas', 'NA'],
    ['desk-12', 'D12'],
    ['  ', '?'],
    ['Łukasz', 'ŁU'],
  ])('the initials of %j are %s', (name, text) => expect(initials(name)).toBe(text))
})

describe('an invite in what was pasted', () => {
  const link = 'murmuration://join/abc_DEF-123'

  test.each([link, `  ${link}\n`, `Join us: <${link}>.`, `"${link}"`, 'murmuration://join/abc_\nDEF-123'])(
    '%j',
    (text) => expect(inviteIn(text)).toBe(link),
  )

  test.each(['', 'hello', 'https://example.org/join/abc', 'murmuration://open/abc'])('not in %j', (text) =>
    expect(inviteIn(text)).toBeNull(),
  )
})

describe('the name of an exported file', () => {
  test.each([
    ['Opening', 'md', 'Opening.md'],
    ['a/b: "c"?', 'html', 'a b c.html'],
    ['backup.py', 'txt', 'backup.py'],
    ['...', 'md', 'document.md'],
  ])('%j becomes %j', (title, ending, name) => expect(fileName(title, ending)).toBe(name))
})
