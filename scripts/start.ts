// Opens the app: in a window where there is Electron and a display, else in the browser from a headless peer.
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import process, { argv, env, execPath, platform, stderr, stdout } from 'node:process'
import { fileURLToPath } from 'node:url'

import { electronBinary } from './electron-binary.ts'

/** A window that ends with a failure this soon never opened: a display that refuses, a library that is missing. */
const OPENING_MS = 20_000

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const display = platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)
const isRoot = platform === 'linux' && process.getuid?.() === 0

/** Somebody asked us to end: whatever the program's exit status, that is no failure. */
let stopping = false

const OPENERS: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** Resolves to why there is no window; undefined once it has been used and closed. */
async function openWindow(): Promise<string | undefined> {
  if (!display) return 'There is no display for a window'
  const binary = electronBinary(root)
  if (binary === undefined) return 'Electron cannot be had on this machine (its download failed)'
  if (isRoot) stderr.write('Running as root: Chromium has no sandbox then. Better start it as an ordinary user.\n')
  const started = performance.now()
  const { code, signal } = await run(binary, [...(isRoot ? ['--no-sandbox'] : []), root, ...argv.slice(2)])
  const failed = code !== 0 && !stopping
  if (failed && performance.now() - started < OPENING_MS) {
    return `The window could not be opened (Electron ended with ${signal ?? `exit status ${code}`}, see above)`
  }
  process.exitCode = stopping ? 0 : (code ?? 1)
  return undefined
}

/** Runs the headless peer with its web interface until it ends; returns its exit status. */
async function openInBrowser(): Promise<number> {
  const { code } = await run(execPath, [join(root, 'dist', 'cli.cjs'), 'up', '--ui', '--json'], (peer) => {
    createInterface({ input: peer.stdout ?? process.stdin }).on('line', (line) => {
      const address = readyAddress(line)
      if (address === undefined) return
      stdout.write(`\n  Murmuration is at  ${address}\n\n  Ctrl-C ends it.\n`)
      if (display && !env.CI) openBrowser(address)
    })
  })
  return stopping ? 0 : (code ?? 1)
}

function readyAddress(line: string): string | undefined {
  try {
    const message = JSON.parse(line) as { readonly event?: unknown; readonly ui?: unknown }
    return message.event === 'ready' && typeof message.ui === 'string' ? message.ui : undefined
  } catch {
    return undefined
  }
}

function openBrowser(address: string): void {
  const [command, ...rest] = OPENERS[platform] ?? ['xdg-open']
  const opener = spawn(command, [...rest, address], { stdio: 'ignore', detached: true })
  opener.on('error', () => undefined) // the address has been printed
  opener.unref()
}

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Runs a program to its end; Ctrl-C and a kill reach it and are waited for. */
function run(
  command: string,
  parameters: readonly string[],
  onSpawned?: (child: ChildProcess) => void,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(command, parameters, { stdio: ['ignore', onSpawned ? 'pipe' : 'inherit', 'inherit'] })
    const pass = (signal: NodeJS.Signals): void => {
      stopping = true
      child.kill(signal)
    }
    process.on('SIGINT', pass).on('SIGTERM', pass).on('SIGHUP', pass)
    const done = (result: Ended): void => {
      process.off('SIGINT', pass).off('SIGTERM', pass).off('SIGHUP', pass)
      resolve(result)
    }
    child.on('error', (error) => {
      stderr.write(`${command}: ${error.message}\n`)
      done({ code: 1, signal: null })
    })
    child.on('exit', (code, signal) => done({ code, signal }))
    onSpawned?.(child)
  })
}

const problem = await openWindow()
if (problem !== undefined) {
  stderr.write(`${problem}; opening the same interface in the browser instead.\n`)
  process.exitCode = await openInBrowser()
}
