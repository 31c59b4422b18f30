import { dirname, join } from 'node:path'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { startDetached } from './detached.ts'
import { systemRandom } from '../base/random.ts'
import type { DeviceKeys, Peers, Served } from './peers.ts'

/** The records of a peer, in its data folder. */
const STORE = 'store'

/** Everything heavy is imported when it is needed: a command that asks a running peer loads none of it. */
export function realPeers(): Peers {
  return {
    detach: startDetached,
    keys: realKeys,
    async connect(dataDirectory) {
      const { connectLocally, createApiClient } = await import('../api/local-client.ts')
      return createApiClient(await connectLocally({ dataDirectory }))
    },
    async hasData(dataDirectory) {
      return await Promise.resolve(existsSync(join(dataDirectory, STORE)))
    },
    async open(options) {
      const { createPeer } = await import('../peer/create-peer.ts')
      return await createPeer(options)
    },
    async serve(peer, { dataDirectory, uiPort }): Promise<Served> {
      const { listenLocally, serveUi } = await import('../api/index.ts')
      const local = await listenLocally({ service: peer, dataDirectory })
      if (uiPort === null) return { ui: null, close: () => local.close() }
      try {
        const ui = await serveUi({ service: peer, port: uiPort, directory: interfaceDirectory() })
        return {
          ui: ui.address,
          close: async () => {
            await ui.close()
            await local.close()
          },
        }
      } catch (error) {
        await local.close()
        throw error
      }
    },
  }
}

const realKeys: DeviceKeys = {
  async restOf(dataDirectory) {
    const { KEY_FILE, keyRestOf } = await import('../peer/device-key-file.ts')
    return await keyRestOf(join(dataDirectory, KEY_FILE))
  },
  async protect(dataDirectory, options) {
    const { KEY_FILE, protectKey } = await import('../peer/device-key-file.ts')
    return await protectKey(join(dataDirectory, KEY_FILE), { ...options, random: systemRandom })
  },
  async unprotect(dataDirectory, vaults) {
    const { KEY_FILE, unprotectKey } = await import('../peer/device-key-file.ts')
    return await unprotectKey(join(dataDirectory, KEY_FILE), { vaults, random: systemRandom })
  },
}

/** The built page: beside the built program, or in dist/ when run from source. */
function interfaceDirectory(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const beside = join(here, 'renderer')
  return existsSync(join(beside, 'index.html')) ? beside : join(here, '..', '..', 'dist', 'renderer')
}
