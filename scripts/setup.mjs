// Makes a checkout ready to run: installs what the lock file names and builds what changed, each only if needed.
// Plain Node (20 or later) without dependencies, since it runs before anything is installed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { argv, env, execPath, exit, platform, stderr } from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'

import { exclusively } from './exclusively.mjs'
import { pinnedNode, whyInstall } from './installed.mjs'
import { isBuilt } from './sources.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Everything it has to say goes to stderr: stdout belongs to whoever called.
 * @throws {Error} where a step fails; the step has said why by then
 */
export async function setUp() {
  if (whyInstall(root) === undefined && isBuilt(root)) return
  await exclusively(join(root, '.cache', 'setup.lock'), () => {
    const reason = whyInstall(root)
    if (reason !== undefined) {
      stderr.write(`Installing dependencies (${reason}) ...\n`)
      run(npm(), ['ci', '--loglevel=error'], 'npm ci')
      const still = whyInstall(root)
      if (still !== undefined) throw new Error(`npm ci has run, but ${still}. Delete node_modules and try again.`)
    }
    if (!isBuilt(root)) {
      stderr.write('Building ...\n')
      run([pinnedNode(root) ?? execPath], [join(root, 'scripts', 'build.ts')], 'the build')
    }
  })
}

/**
 * npm as this very process was started by, else the one in the PATH.
 * @returns {[string, ...string[]]}
 */
function npm() {
  const script = env.npm_execpath
  if (script !== undefined && /\.[cm]?js$/.test(script) && existsSync(script)) return [execPath, script]
  return [platform === 'win32' ? 'npm.cmd' : 'npm']
}

/**
 * @param {[string, ...string[]]} program the command and what always follows it
 * @param {readonly string[]} rest
 * @param {string} what it is, for the failure
 */
function run([command, ...first], rest, what) {
  const result = spawnSync(command, [...first, ...rest], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: command.endsWith('.cmd'),
  })
  if (result.error !== undefined) throw new Error(`${what} could not be started: ${result.error.message}`)
  if (result.status !== 0)
    throw new Error(`${what} failed (${result.signal ?? `exit status ${result.status}`}); see above.`)
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  try {
    await setUp()
  } catch (error) {
    stderr.write(`set-up: ${error instanceof Error ? error.message : String(error)}\n`)
    exit(1)
  }
}
