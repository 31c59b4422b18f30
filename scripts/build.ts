// Builds every program and the page into dist/, and notes from which sources. `npm run build` and set-up call it.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { createBuilder } from 'vite'

import { STAMP, sourcesHash } from './sources.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const started = performance.now()
// Taken before building: what is edited meanwhile counts as newer.
const hash = sourcesHash(root)

try {
  const builder = await createBuilder({ configFile: join(root, 'vite.config.ts') }, null)
  await builder.buildApp()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
writeFileSync(join(root, STAMP), hash)
process.stderr.write(`built in ${((performance.now() - started) / 1000).toFixed(1)} s\n`)
