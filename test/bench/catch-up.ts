import { Child } from './child.ts'
import { newFolder } from './folders.ts'
import type { PeerCommands } from './peer-process.ts'
import type { RecordsCommands } from './records-process.ts'
import type { Figure } from './report.ts'
import { median } from './statistics.ts'
import { openPeer } from './swarm.ts'

const ENTRIES = 100_000
const ROUNDS = 3
const WANTED_PER_SECOND = 20_000

/** A new peer joins a swarm with a long history, until it shows the newest message. */
export async function measureCatchUp(): Promise<readonly Figure[]> {
  const dataDirectory = await newFolder()
  const { channel } = await makeHistory(dataDirectory)
  const holder = await openPeer(dataDirectory)
  const invite = await holder.call('invite', { uses: ROUNDS })
  const rates: number[] = []
  const alone: number[] = []
  const bytes: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const newcomer = await openPeer()
      const found = await newcomer.call('catchUp', { channel, invite })
      await newcomer.end()
      rates.push((found.entries * 1000) / found.catchUp)
      bytes.push(found.bytes / found.entries)

      const records: Child<RecordsCommands> = new Child('records-process.ts')
      const size = Math.round(found.bytes / found.entries)
      const { took } = await records.call('write', { bytes: size, count: ENTRIES, folder: await newFolder() })
      await records.end()
      alone.push((ENTRIES * 1000) / took)
    }
  } finally {
    await holder.end()
  }
  return [
    {
      name: `a new peer fetches and shows ${ENTRIES.toLocaleString('en')} messages`,
      unit: 'entries/s',
      value: median(rates),
      peer: { name: 'LevelDB alone, records of that size', value: median(alone) },
      aim: { of: 'value', at: 'least', limit: WANTED_PER_SECOND },
      note: `${Math.round(median(bytes))} bytes an entry`,
    },
  ]
}

async function makeHistory(dataDirectory: string): Promise<{ readonly channel: string }> {
  const founder = await openPeer(dataDirectory)
  await founder.call('create', { name: 'bench' })
  const { id } = await founder.call('createChannel', { name: 'history' })
  await founder.end()
  const writer = new Child<PeerCommands>('peer-process.ts')
  await writer.call('fill', { dataDirectory, channel: id, count: ENTRIES })
  await writer.end()
  return { channel: id }
}
