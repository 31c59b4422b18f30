import { resolve } from 'node:path'

import react from '@vitejs/plugin-react'
import type { ViteDevServer } from 'vite'
import { createServer } from 'vite'

/** Serves the demo page on a free port of this machine. */
export async function serveDemo(port = 0): Promise<{ readonly server: ViteDevServer; readonly address: string }> {
  const server = await createServer({
    configFile: false,
    root: resolve(import.meta.dirname, '..', '..', '..'),
    cacheDir: resolve(import.meta.dirname, '..', '..', '..', '.cache', 'demo-vite'),
    logLevel: 'warn',
    plugins: [react()],
    server: { host: '127.0.0.1', port, hmr: false },
    optimizeDeps: { entries: ['test/renderer/demo/demo-main.tsx'] },
  })
  await server.listen()
  const [address = ''] = server.resolvedUrls?.local ?? []
  return { server, address: `${address}test/renderer/demo/index.html` }
}
