import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'

import { contentSecurityPolicy } from './content-security-policy.ts'
import type { Gate } from './gate.ts'

/** Names under this hold a hash of what is in them, so they never change. */
const HASHED = '/assets/'

/** The interface's files, each with headers that keep it to itself. */
export function files(options: { readonly directory: string; readonly port: number; readonly gate: Gate }): Hono {
  const { directory, port, gate } = options
  const policy = contentSecurityPolicy({ connectTo: [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`] })
  const app = new Hono()
  app.use(async (context, next) => {
    const host = context.req.header('host')
    const origin = context.req.header('origin')
    if (!gate.allowsFile({ host, origin })) {
      context.res = context.text('This address belongs to a Murmuration of this machine alone.', 403)
    } else if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
      context.res = context.text('Only reading is possible here.', 405)
    } else {
      await next()
    }
    const { headers } = context.res
    headers.set('Content-Security-Policy', policy)
    headers.set('X-Content-Type-Options', 'nosniff')
    headers.set('X-Frame-Options', 'DENY')
    headers.set('Referrer-Policy', 'no-referrer')
    headers.set('Cross-Origin-Opener-Policy', 'same-origin')
    headers.set('Cross-Origin-Resource-Policy', 'same-origin')
    const hashed = context.req.path.startsWith(HASHED) && context.res.status === 200
    headers.set('Cache-Control', hashed ? 'private, max-age=31536000, immutable' : 'no-store')
  })
  app.use(serveStatic({ root: directory }))
  app.notFound((context) => context.text('There is nothing here. Open the address that Murmuration printed.', 404))
  return app
}
