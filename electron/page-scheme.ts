import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Protocol } from 'electron'

import { pageFile } from './page-files.ts'

export const PAGE_SCHEME = 'app'
export const PAGE_HOST = 'murmuration'
export const PAGE_ORIGIN = `${PAGE_SCHEME}://${PAGE_HOST}`

/**
 * The page loads its own files and nothing else; it talks to the peer over a MessagePort, so even `connect-src` stays
 * within. Styles are inline because the component library and both editors make them at run time.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "media-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Before the app is ready. */
export function registerPageScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: PAGE_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
}

/** Serves the built page in `folder` as `app://murmuration/`. */
export function servePage(protocol: Protocol, folder: string): void {
  protocol.handle(PAGE_SCHEME, async (request) => {
    const url = new URL(request.url)
    const file = url.host === PAGE_HOST && request.method === 'GET' ? pageFile(url) : undefined
    if (file === undefined) return new Response('Not found', { status: 404 })
    try {
      const body = await readFile(join(folder, file.path))
      return new Response(new Uint8Array(body), {
        headers: {
          'content-type': file.type,
          'content-security-policy': CONTENT_SECURITY_POLICY,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'cross-origin-opener-policy': 'same-origin',
        },
      })
    } catch {
      return new Response('Not found', { status: 404 })
    }
  })
}
