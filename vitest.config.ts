import { defineConfig } from 'vitest/config'

const RINGS = ['test/**/*.{sim,net,e2e,lab}.test.ts']

/**
 * The rings one after another: what measures real time on real sockets and windows must not share two cores with
 * simulations. Within a ring, files that start processes run one at a time.
 */
export default defineConfig({
  test: {
    projects: [
      ring({ name: 'unit', include: ['test/**/*.test.ts'], exclude: RINGS, order: 0, workers: 2, timeout: 60_000 }),
      ring({ name: 'sim', include: ['test/**/*.sim.test.ts'], order: 1, workers: 2, timeout: 120_000 }),
      ring({ name: 'net', include: ['test/**/*.net.test.ts'], order: 2, workers: 1, timeout: 90_000 }),
      ring({ name: 'lab', include: ['test/**/*.lab.test.ts'], order: 3, workers: 1, timeout: 120_000 }),
      ring({ name: 'e2e', include: ['test/**/*.e2e.test.ts'], order: 4, workers: 1, timeout: 120_000 }),
    ],
    reporters: ['default', './test/support/totals-reporter.ts'],
    passWithNoTests: true,
  },
})

interface Ring {
  readonly name: string
  readonly include: readonly string[]
  readonly exclude?: readonly string[]
  readonly order: number
  readonly workers: number
  readonly timeout: number
}

function ring({ name, include, exclude = [], order, workers, timeout }: Ring) {
  return {
    test: {
      name,
      include: [...include],
      exclude: [...exclude],
      // nothing that a test starts looks for others on the machine's real network
      env: { MURMURATION_MDNS: 'off' },
      pool: 'forks' as const,
      maxWorkers: workers,
      sequence: { groupOrder: order },
      testTimeout: timeout,
      hookTimeout: timeout,
      teardownTimeout: 20_000,
    },
  }
}
