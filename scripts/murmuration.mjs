#!/usr/bin/env node
// The `murmuration` command of a checkout: sets up what is missing, then runs the built program on the pinned Node.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import process, { argv, execPath, stderr, versions } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { pinnedNode } from './installed.mjs'
import { setUp } from './setup.mjs'

/** libp2p asks for it; older ones run the pinned Node instead. */
const OLDEST_NODE = 22

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const program = join(root, 'dist', 'cli.cjs')

try {
  await setUp()
} catch (error) {
  stderr.write(`murmuration: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

if (Number.parseInt(versions.node, 10) >= OLDEST_NODE || !existsSync(pinnedNode(root) ?? '')) {
  argv[1] = program
  await import(pathToFileURL(program).href)
} else {
  const child = spawn(pinnedNode(root) ?? execPath, [program, ...argv.slice(2)], { stdio: 'inherit' })
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal))
  }
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}
