import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Protocol } from 'electron'
import { net } from 'electron'

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

export interface PageSource {
  /** The built page. */
  readonly folder: string
  /** A development server that takes the folder's place; its pages get no policy, since it injects scripts. */
  readonly server: string | undefined
}

/** Serves the page as `app://murmuration/`. */
export function servePage(protocol: Protocol, { folder, server }: PageSource): void {
  protocol.handle(PAGE_SCHEME, async (request) => {
    const url = new URL(request.url)
    if (url.host !== PAGE_HOST || request.method !== 'GET') return notFound()
    if (server !== undefined) return await net.fetch(`${server}${url.pathname}${url.search}`)
    const file = pageFile(url)
    if (file === undefined) return notFound()
    try {
      return new Response(new Uint8Array(await readFile(join(folder, file.path))), { headers: headers(file.type) })
    } catch {
      return notFound()
    }
  })
}

function notFound(): Response {
  return new Response('Not found', { status: 404 })
}

function headers(type: string): Record<string, string> {
  return {
    'content-type': type,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
  }
}
