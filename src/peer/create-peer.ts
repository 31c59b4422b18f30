import manifest from '../../package.json' with { type: 'json' }
import type { Clock } from '../base/clock.ts'
import { systemClock } from '../base/clock.ts'
import type { Random } from '../base/random.ts'
import { systemRandom } from '../base/random.ts'
import { LevelStore } from '../store/index.ts'
import { openDataFolder } from './data-folder.ts'
import type { KeyVaults } from './device-key-file.ts'
import { LogFile } from './log-file.ts'
import { Notices } from './notices.ts'
import { RunningPeer } from './running-peer.ts'
import type { Peer } from './service.ts'
import { SettingsFile } from './settings.ts'

export interface PeerOptions {
  readonly dataDirectory: string
  /** Kept as this machine's name from now on. */
  readonly machineName?: string
  /** Multiaddrs to listen on, for this run; those of the settings unless given. */
  readonly listen?: readonly string[]
  /** Whether to look for others on the LAN, for this run; as the settings say unless given. */
  readonly mdns?: boolean
  /** Whether to relay for others, for this run; as the settings say unless given. */
  readonly relay?: 'auto' | 'on' | 'off'
  /** Multiaddrs to tell others instead of those of this machine's interfaces, for this run; those of the settings unless given. */
  readonly announce?: readonly string[]
  /** What the device key is sealed with, or may be. */
  readonly vaults?: KeyVaults
  readonly clock?: Clock
  readonly random?: Random
}

/**
 * The composition root: opens a data folder and everything that runs on it. Where the folder belongs to a swarm, its
 * network is up when this resolves.
 * @throws DataFolderError, StoreLockedError (another peer runs on the folder), StoreCorruptError, ListenError, and all that
 * `loadDeviceKey` throws
 */
export async function createPeer(options: PeerOptions): Promise<Peer> {
  const clock = options.clock ?? systemClock
  const random = options.random ?? systemRandom
  const folder = await openDataFolder(options.dataDirectory, random, options.vaults)
  const settings = await SettingsFile.load(folder.settings)
  if (options.machineName !== undefined) await settings.change({ machineName: options.machineName })
  const log = new LogFile(folder.log, process.env['MURMURATION_LOG'] ?? 'info')
  const store = new LevelStore({ folder: folder.store, log: log.logger.child({ part: 'store' }) })
  try {
    await store.start()
  } catch (error) {
    log.close()
    throw error
  }
  const peer = new RunningPeer({
    folder,
    settings,
    log,
    store,
    storeWasRepaired: store.repair !== undefined,
    clock,
    random,
    notices: (onChange) => {
      const notices = new Notices(clock, onChange)
      if (folder.keyLiesOpen !== undefined) {
        notices.add({ code: 'key-unprotected', level: 'info', text: folder.keyLiesOpen })
      }
      if (store.repair !== undefined) {
        notices.add({ code: 'store-repaired', level: 'warning', text: asSentence(store.repair.message) })
      }
      return notices
    },
    version: manifest.version,
    overrides: {
      ...(options.listen === undefined ? {} : { listen: options.listen }),
      ...(options.mdns === undefined ? {} : { mdns: options.mdns }),
      ...(options.relay === undefined ? {} : { relay: options.relay }),
      ...(options.announce === undefined ? {} : { announce: options.announce }),
    },
  })
  try {
    await peer.open()
  } catch (error) {
    await peer.stop()
    throw error
  }
  return peer
}

function asSentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
