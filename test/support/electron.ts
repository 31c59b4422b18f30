import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'

import type { ElectronApplication, Page } from 'playwright-core'
import { _electron } from 'playwright-core'
import { onTestFinished } from 'vitest'

import { displayEnvironment } from './display.ts'
import { electronDist, electronExecutable } from './requires.ts'
import { temporaryFolder } from './temporary-folder.ts'

const PROJECT = join(import.meta.dirname, '..', '..')
const LAUNCH_TIMEOUT_MS = 60_000
/** A quit that takes longer than this hangs; the app is killed and the test fails. */
const CLOSE_TIMEOUT_MS = 20_000
const MAX_OUTPUT_CHARACTERS = 64 * 1024

export interface LaunchOptions {
  /** Kept between launches to be the same installation; default: a fresh one that goes with the test. */
  readonly userData?: string
  /** The peer's own data folder; default: within `userData`. */
  readonly dataDirectory?: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly colorScheme?: 'light' | 'dark'
}

export interface LaunchedApp {
  readonly app: ElectronApplication
  /** The main window's page, loaded. */
  readonly page: Page
  readonly userData: string
  /** Errors of the page: exceptions, console errors, violations of the content security policy. Empty is what a test wants. */
  readonly problems: readonly string[]
  /** What the app's processes printed so far. */
  output(): string
  /** Quits as a person would and waits for the end. Idempotent; called at the end of the test anyway. */
  close(): Promise<void>
}

/** Starts the built app in a window on the tests' display. The build is `npm test`'s to make. */
export async function launchApp(options: LaunchOptions = {}): Promise<LaunchedApp> {
  const dist = electronDist()
  if (dist === undefined) throw new Error('no Electron; put the tests in describeWith("electron", "display")')
  const userData = options.userData ?? (await temporaryFolder('app'))
  await mkdir(userData, { recursive: true })
  // Without `executablePath`, on purpose: only then Playwright holds the app back until it listens. Otherwise it sometimes
  // waits for ever for a window that came too early.
  process.env['ELECTRON_OVERRIDE_DIST_PATH'] = resolve(dist)
  const app = await _electron.launch({
    args: argumentsFor(userData, options),
    cwd: PROJECT,
    env: { ...inherited(), ...(await displayEnvironment()), ...options.env },
    colorScheme: options.colorScheme ?? 'light',
    timeout: LAUNCH_TIMEOUT_MS,
  })
  const problems: string[] = []
  collectProblems(app, problems)
  const output = collectOutput(app)
  const close = closer(app)
  onTestFinished(close)
  const page = await app.firstWindow({ timeout: LAUNCH_TIMEOUT_MS })
  await page.waitForLoadState('load')
  return { app, page, userData, problems, output, close }
}

/** Starts the same installation a second time, as a clicked link does, and resolves to that process's exit status. */
export async function launchAgain(userData: string, args: readonly string[]): Promise<number | null> {
  const dist = electronDist()
  if (dist === undefined) throw new Error('no Electron; put the tests in describeWith("electron", "display")')
  const child = spawn(electronExecutable(dist), argumentsFor(userData, { args }), {
    cwd: PROJECT,
    env: { ...inherited(), ...(await displayEnvironment()) },
    stdio: 'ignore',
    timeout: CLOSE_TIMEOUT_MS,
  })
  return await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
}

function argumentsFor(userData: string, options: LaunchOptions): string[] {
  const { dataDirectory, args = [] } = options
  return [
    ...(process.platform === 'linux' ? ['--no-sandbox', '--disable-gpu'] : []),
    `--user-data-dir=${userData}`,
    PROJECT,
    ...(dataDirectory === undefined ? [] : ['--data-dir', dataDirectory]),
    ...args,
  ]
}

/** Without what belongs to the test runner or to somebody's own desktop. */
function inherited(): Record<string, string> {
  const dropped = /^(NODE_OPTIONS|VITEST.*|ELECTRON_RUN_AS_NODE|WAYLAND_DISPLAY|DBUS_SESSION_BUS_ADDRESS)$/
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || dropped.test(name) ? [] : [[name, value]],
    ),
  )
}

function collectProblems(app: ElectronApplication, problems: string[]): void {
  const context = app.context()
  context.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`)
  })
  context.on('weberror', (event) => problems.push(`exception: ${event.error().stack ?? event.error().message}`))
}

function collectOutput(app: ElectronApplication): () => string {
  let text = ''
  const { stderr, stdout } = app.process()
  for (const stream of [stdout, stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-MAX_OUTPUT_CHARACTERS)
    })
  }
  return () => text
}

function closer(app: ElectronApplication): () => Promise<void> {
  let closing: Promise<void> | undefined
  const child = app.process()
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), CLOSE_TIMEOUT_MS)
    })
    const outcome = await Promise.race([app.close(), timeout])
    clearTimeout(timer)
    if (outcome !== 'late') return
    child.kill('SIGKILL')
    throw new Error(`the app did not quit within ${CLOSE_TIMEOUT_MS} ms`)
  }
  return () => (closing ??= close())
}
