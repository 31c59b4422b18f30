import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'

import { Markdown } from '../../renderer/messages/markdown.tsx'

const html = (text: string): string => renderToStaticMarkup(createElement(Markdown, { text }))

describe('a message as Markdown', () => {
  test('knows emphasis, lists, code and tables, and keeps line ends', () => {
    expect(html('**a** ~~b~~ `c`')).toContain('<strong>a</strong> <del>b</del> <code>c</code>')
    expect(html('- one\n- two')).toMatch(/<ul>\s*<li>one<\/li>\s*<li>two<\/li>\s*<\/ul>/)
    expect(html('| a |\n| - |\n| b |')).toContain('<td>b</td>')
    expect(html('one\ntwo')).toContain('one<br/>')
    expect(html('~not struck~')).toContain('~not struck~')
  })

  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<iframe src="https://example.org"></iframe>',
    '<a href="javascript:alert(1)">x</a>',
    '<style>*{display:none}</style>',
  ])('takes %j for text', (text) => {
    expect(html(text)).not.toMatch(/<(script|img|iframe|style)|<a [^>]*javascript/)
    expect(html(text)).toContain('&lt;')
  })

  test.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'vbscript:x',
    'data:text/html,<script>',
    'file:///etc/passwd',
  ])('makes no link to %s', (address) => {
    expect(html(`[x](${address})`)).not.toMatch(/href="[^"]/)
  })

  test('opens links outside, and loads no picture', () => {
    expect(html('https://example.org/a')).toContain(
      '<a href="https://example.org/a" target="_blank" rel="noopener noreferrer nofollow">',
    )
    expect(html('![cat](https://example.org/cat.png)')).toMatch(
      /<a href="https:\/\/example.org\/cat.png"[^>]*>cat<\/a>/,
    )
    expect(html('![cat](https://example.org/cat.png)')).not.toContain('<img')
  })

  test('has no headings of the page', () => {
    expect(html('# big')).not.toMatch(/<h\d/)
  })
})
