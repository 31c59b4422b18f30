import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { pageFile } from '../../electron/page-files.ts'

const at = (path: string): ReturnType<typeof pageFile> => pageFile(new URL(`app://murmuration${path}`))

describe('the files of the page', () => {
  test('are served by their path, with their type', () => {
    expect(at('/index.html')).toEqual({ path: 'index.html', type: 'text/html; charset=utf-8' })
    expect(at('/assets/index-Ab12.js?x=1#y')).toEqual({
      path: 'assets/index-Ab12.js',
      type: 'text/javascript; charset=utf-8',
    })
  })

  test('the bare host gives index.html', () => {
    for (const path of ['/', '', '/#/documents/1', '/?theme=dark']) expect(at(path)?.path).toBe('index.html')
  })

  test('no path leads out of the folder', () => {
    for (const path of [
      '/..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/package.json',
      '/..%5c..%5cwin.json',
      '/c:%5cx.json',
    ]) {
      const file = at(path)
      expect(file?.path ?? '').not.toMatch(/\.\.|\\|:/)
    }
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('..', '%2e%2e', '/', '%2f', '\\', '%5c', 'a.js', '%00', ':', 'c:', '%', '.')),
        (parts) => {
          const file = at(`/${parts.join('')}`)
          if (file === undefined) return
          expect(file.path).not.toMatch(/(^|[\\/])\.\.([\\/]|$)|^[\\/]|\0/)
        },
      ),
    )
  })

  test('kinds of files that no page has are refused', () => {
    for (const path of ['/main.cjs', '/x.exe', '/.stamp.node', '/documents', '/assets/', '/__proto__'])
      expect(at(path)).toBeUndefined()
  })
})
