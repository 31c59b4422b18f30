// Whether node_modules holds what the lock file names. Plain Node, no dependencies: it runs before there are any.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * @typedef {{ version?: string, link?: boolean, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 */

/**
 * @param {string} root the checkout
 * @returns {string | undefined} why `npm ci` has to run; undefined where it has not
 */
export function whyInstall(root) {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))
  if (installed === undefined) return 'nothing is installed yet'
  const wanted = readJson(join(root, 'package-lock.json'))
  if (wanted === undefined) return undefined
  for (const [path, entry] of Object.entries(wanted.packages)) {
    if (path === '' || entry.link === true) continue
    const there = installed.packages[path]
    // An optional package of another platform is left out by npm.
    if (there === undefined && (entry.optional === true || entry.devOptional === true || entry.peer === true)) continue
    if (there?.version !== entry.version)
      return `${path.replace(/^.*node_modules\//, '')} is not the version that the lock file names`
  }
  if (pinnedNode(root) === undefined) return 'the pinned Node is missing'
  return undefined
}

/**
 * @param {string} root the checkout
 * @returns {string | undefined} the path of the Node that this project pins as an npm package
 */
export function pinnedNode(root) {
  const path = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  return existsSync(path) ? path : undefined
}

/**
 * @param {string} path
 * @returns {Lock | undefined}
 */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
