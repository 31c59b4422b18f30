import { extname, normalize } from 'node:path'

/** Types that the built page consists of; anything else is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.ico': 'image/x-icon',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}

export interface PageFile {
  /** Relative to the folder of the built page, never leading out of it. */
  readonly path: string
  readonly type: string
}

/**
 * Which file of the built page a URL names; undefined: none. The page's own addresses are fragments, so that the bare
 * host is the only path without a name.
 */
export function pageFile(url: URL): PageFile | undefined {
  let path: string
  try {
    path = normalize(decodeURIComponent(url.pathname)).replace(/^[\\/]+/, '')
  } catch {
    return undefined
  }
  if (path.includes('\0') || path.split(/[\\/]/).some((part) => part === '..') || /^[a-z]:/i.test(path))
    return undefined
  if (path === '' || path === '.') path = 'index.html'
  const type = TYPES[extname(path).toLowerCase()]
  return type === undefined ? undefined : { path, type }
}
