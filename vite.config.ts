import { rename, rm } from 'node:fs/promises'
import { resolve } from 'node:path'

import react from '@vitejs/plugin-react'
import type { EnvironmentOptions, Plugin } from 'vite'
import { defineConfig } from 'vite'

const root = import.meta.dirname
const dist = resolve(root, 'dist')
/** Built here and then moved: a build that fails leaves the last good one. */
const fresh = resolve(root, '.cache', 'build')

/** Not bundled: Electron is there at run time, native modules load their own binary from their own folder. */
const EXTERNAL = ['electron', 'classic-level', 'node-datachannel', 'sodium-native']

/**
 * One environment for each program that runs on Node: several entries in one build would share chunks, the main process
 * would then load the whole peer, and the sandboxed preload would get a `require` that it may not make.
 * CommonJS, because a preload script has to be and Electron starts fastest with it; Node 18.15 is what Electron 25 carries.
 */
const PROGRAMS: Readonly<Record<string, string>> = {
  main: 'electron/main.ts',
  preload: 'electron/preload.ts',
  peer: 'electron/peer-process.ts',
  cli: 'src/cli/main.ts',
}

const DEV_PORT = 5173

function program(name: string, entry: string): EnvironmentOptions {
  return {
    consumer: 'server',
    keepProcessEnv: true,
    resolve: { noExternal: true, external: EXTERNAL, conditions: ['node', 'import', 'module', 'default'] },
    build: {
      outDir: fresh,
      emptyOutDir: false,
      copyPublicDir: false,
      target: 'node18.15',
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: { [name]: resolve(root, entry) },
        platform: 'node',
        external: EXTERNAL,
        output: {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          chunkFileNames: `${name}-chunks/[name]-[hash].cjs`,
        },
      },
    },
  }
}

/** A sandboxed preload script may require nothing but electron. */
function oneFilePreload(): Plugin {
  return {
    name: 'murmuration:one-file-preload',
    applyToEnvironment: (environment) => environment.name === 'preload',
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue
        const others = [...file.imports, ...file.dynamicImports].filter((name) => name !== 'electron')
        if (others.length > 0) this.error(`the preload script must be one file, but it imports ${others.join(', ')}`)
      }
    },
  }
}

export default defineConfig({
  root: resolve(root, 'renderer'),
  base: './',
  clearScreen: false,
  logLevel: 'warn',
  plugins: [react(), oneFilePreload()],
  // The window has the page from app://murmuration/, so the page has to be told where its reloads come from.
  server: {
    host: '127.0.0.1',
    port: DEV_PORT,
    strictPort: true,
    cors: { origin: 'app://murmuration' },
    ws: { protocol: 'ws', host: '127.0.0.1', clientPort: DEV_PORT },
  },
  environments: {
    client: {
      build: {
        outDir: resolve(fresh, 'renderer'),
        emptyOutDir: true,
        target: 'chrome114',
        sourcemap: true,
        chunkSizeWarningLimit: 2500,
      },
    },
    ...Object.fromEntries(Object.entries(PROGRAMS).map(([name, entry]) => [name, program(name, entry)])),
  },
  builder: {
    async buildApp(builder) {
      await rm(fresh, { recursive: true, force: true })
      for (const environment of Object.values(builder.environments)) {
        if (environment.name !== 'ssr') await builder.build(environment)
      }
      await rm(dist, { recursive: true, force: true })
      await rename(fresh, dist)
    },
  },
})
