import { mkdirSync, writeFileSync } from 'node:fs'

import type { Reporter } from 'vitest/node'

/** Where .ci/run finds the line, since npm prints more after the tests. */
export const TOTALS_FILE = 'artifacts/totals.txt'

/** Closes a run with one line that programs can read: "12 passed, 0 failed", with ", 3 skipped" where some were. */
export default class TotalsReporter implements Reporter {
  readonly onTestRunEnd: NonNullable<Reporter['onTestRunEnd']> = (testModules, unhandledErrors) => {
    const totals = { passed: 0, failed: unhandledErrors.length, skipped: 0 }
    for (const testModule of testModules) {
      // A file that could not be loaded has no tests to count.
      if (testModule.errors().length > 0) totals.failed++
      for (const test of testModule.children.allTests()) {
        const { state } = test.result()
        if (state === 'pending') totals.failed++
        else totals[state]++
      }
    }
    const skipped = totals.skipped > 0 ? `, ${totals.skipped} skipped` : ''
    const line = `${totals.passed} passed, ${totals.failed} failed${skipped}`
    mkdirSync('artifacts', { recursive: true })
    writeFileSync(TOTALS_FILE, `${line}\n`)
    process.stdout.write(`${line}\n`)
  }
}
