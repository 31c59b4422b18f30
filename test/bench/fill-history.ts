import { systemClock } from '../../src/base/clock.ts'
import type { ChannelId } from '../../src/base/ids.ts'
import { silentLogger } from '../../src/base/log.ts'
import { systemRandom } from '../../src/base/random.ts'
import { verifySignature } from '../../src/identity/index.ts'
import type { Draft } from '../../src/journal/index.ts'
import { LocalJournal, spacePrefix } from '../../src/journal/local-journal.ts'
import { encodeBody } from '../../src/messaging/bodies.ts'
import { MessagesProjection } from '../../src/messaging/index.ts'
import { openDataFolder } from '../../src/peer/data-folder.ts'
import { loadSwarm } from '../../src/peer/swarm-record.ts'
import { LevelStore } from '../../src/store/index.ts'
import { openAuthority } from '../support/open-authority.ts'

const BATCH = 250
const TEXT =
  'A message of the length that people write to each other, when they have something to say about their work. '

export interface Fill {
  readonly dataDirectory: string
  readonly channel: string
  readonly count: number
}

/** Appends messages to the journal of a folder that no peer runs on; the last says `last`. */
export async function fillHistory({ channel, count, dataDirectory }: Fill): Promise<void> {
  const folder = await openDataFolder(dataDirectory, systemRandom)
  const store = new LevelStore({ folder: folder.store })
  await store.start()
  try {
    const found = await loadSwarm(store, folder.swarm)
    if (found === undefined) throw new Error('the folder is of no swarm')
    const { record } = found
    const journal = new LocalJournal({
      space: record.space,
      key: folder.key,
      store,
      prefix: spacePrefix(0),
      authority: openAuthority,
      projections: [new MessagesProjection({ clock: systemClock })],
      clock: systemClock,
      random: systemRandom,
      logger: silentLogger,
      verify: verifySignature,
      fingerprint: folder.fingerprint,
      isStoreFailure: () => true,
    })
    await journal.start()
    const time = systemClock.now()
    for (let start = 0; start < count; start += BATCH) {
      const drafts = Array.from({ length: Math.min(BATCH, count - start) }, (_, index): Draft => {
        const number = start + index + 1
        const body = encodeBody({
          kind: 'message.post',
          nonce: systemRandom.bytes(16),
          clock: { time, count: number },
          at: time,
          channel: channel as ChannelId,
          text: number === count ? 'last' : `${number} ${TEXT}`,
          mentions: [],
        })
        return { kind: 'message.post', body }
      })
      await journal.append(drafts)
    }
    await journal.stop()
  } finally {
    await store.stop()
  }
}
