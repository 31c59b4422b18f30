// What the build is made of, as one hash: the build is out of date exactly when this changes.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = ['electron', 'renderer', 'src', 'package.json', 'package-lock.json', 'vite.config.ts', 'tsconfig.json']

export const STAMP = join('dist', '.stamp')

/**
 * Contents, not times: a fresh clone, a copied folder and a switch of branches all have misleading times.
 * @param {string} root the checkout
 */
export function sourcesHash(root) {
  const hash = createHash('sha256')
  for (const file of SOURCES.flatMap((name) => filesBelow(root, name))) {
    const contents = readFileSync(join(root, file))
    hash.update(`${file}\0${contents.length}\0`).update(contents)
  }
  return hash.digest('hex')
}

/**
 * @param {string} root the checkout
 * @returns {boolean} whether dist/ was built from the sources as they are now
 */
export function isBuilt(root) {
  const stamp = join(root, STAMP)
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === sourcesHash(root)
}

/**
 * @param {string} root
 * @param {string} name of a file or folder in it
 * @returns {string[]} files, in an order that no platform changes
 */
function filesBelow(root, name) {
  const path = join(root, name)
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [name]
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith('.'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => filesBelow(root, join(name, entry.name)))
}
