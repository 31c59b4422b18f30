import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'

import { endAllChildren } from './child.ts'
import type { Section } from './report.ts'
import { section, tableOf } from './report.ts'
import { measureCatchUp } from './catch-up.ts'
import { measureEdits, measureReplay } from './documents.ts'
import { measureIdle } from './idle.ts'
import { measureJoining } from './joining.ts'
import { measureMessages } from './messages.ts'
import { measureStart } from './start.ts'

const DEFAULT_TRACE = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'traces', 'automerge-paper.json.gz')

/**
 * npm run bench -- [a] [b] [c] [d] [e] [f] [g] [TRACE] [--json FILE]
 * Everything, or the named benchmarks; each figure beside a peer that was measured in the same run.
 */
const [args, json] = readArguments(process.argv.slice(2))
const keys = args.filter((arg) => /^[a-g]$/.test(arg))

const trace = args.find((arg) => !/^[a-g]$/.test(arg)) ?? DEFAULT_TRACE

const BENCHMARKS = [
  { key: 'a', title: 'A real editing history', measure: () => measureReplay(trace) },
  { key: 'b', title: 'An edit', measure: measureEdits },
  { key: 'c', title: 'Messages', measure: measureMessages },
  { key: 'd', title: 'Catch-up', measure: measureCatchUp },
  { key: 'e', title: 'Start and idle', measure: measureStart },
  { key: 'f', title: 'Joining, and coming back', measure: measureJoining },
  { key: 'g', title: 'Connections and traffic while idle', measure: measureIdle },
]

process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))

const sections: Section[] = []
let failed = false
for (const { key, measure, title } of BENCHMARKS) {
  if (keys.length > 0 && !keys.includes(key)) continue
  process.stderr.write(`(${key}) ${title} …\n`)
  try {
    sections.push(await section(key, title, measure))
  } catch (error) {
    failed = true
    process.stderr.write(`(${key}) ${error instanceof Error ? error.stack : String(error)}\n`)
  } finally {
    await endAllChildren()
  }
}

const machine = { cores: cpus().length, memoryBytes: totalmem(), node: process.version, platform: process.platform }
const text = JSON.stringify({ date: new Date().toISOString(), machine, sections }, null, 2)
process.stdout.write(`${tableOf(sections)}\n\n`)
if (json === undefined) process.stdout.write(`${text}\n`)
else writeFileSync(json, `${text}\n`)
process.exit(failed ? 1 : 0)

function readArguments(given: readonly string[]): readonly [readonly string[], string | undefined] {
  const at = given.indexOf('--json')
  return at < 0 ? [given, undefined] : [[...given.slice(0, at), ...given.slice(at + 2)], given[at + 1]]
}
