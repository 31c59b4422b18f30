// The app with a page that reloads as it is edited. The programs on Node are built once, at the start.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import process, { argv, env, platform, stderr } from 'node:process'
import { fileURLToPath } from 'node:url'

import { createServer } from 'vite'

import { electronBinary } from './electron-binary.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const binary = electronBinary(root)
if (binary === undefined) {
  stderr.write('npm run dev needs Electron, and its download failed. `npm start` works without.\n')
  process.exit(1)
}
const server = await createServer({ configFile: join(root, 'vite.config.ts') })
await server.listen()
const page = server.resolvedUrls?.local[0]?.replace(/\/$/, '')
const noSandbox = platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
const child = spawn(binary, [...noSandbox, root, ...argv.slice(2)], {
  stdio: 'inherit',
  env: { ...env, MURMURATION_PAGE_SERVER: page },
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code) => {
  void server.close().finally(() => process.exit(code ?? 1))
})
