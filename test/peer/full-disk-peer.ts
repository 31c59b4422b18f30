/**
 * A peer whose data folder lies on a small disk that fills up; prints what it saw as JSON. Its arguments are the disk
 * and an invite. Runs in a mount namespace of its own (bad-input.net.test.ts).
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { createApiClient, channelPair, serveApi } from '../../src/api/index.ts'
import type { ApiClient } from '../../src/api/client/index.ts'
import { codeOf, messageOf } from '../../src/base/errors.ts'
import { createPeer } from '../../src/peer/create-peer.ts'
import type { Peer } from '../../src/peer/service.ts'
import { eventually } from '../support/eventually.ts'

const [disk = '', invite = ''] = process.argv.slice(2)
const ballast = join(disk, 'ballast')
const CHANNEL = 'general'
const MESSAGES_AT_MOST = 5000

async function open(): Promise<{ readonly peer: Peer; readonly client: ApiClient }> {
  const peer = await createPeer({
    dataDirectory: join(disk, 'carol'),
    machineName: 'carol',
    listen: ['/ip4/127.0.0.1/tcp/0'],
    mdns: false,
  })
  const [server, client] = channelPair()
  serveApi(peer, server)
  return { peer, client: createApiClient(client) }
}

let { client, peer } = await open()
await client.call('swarm.join', { invite })
const notices = async (): Promise<readonly string[]> =>
  (await client.call('peer.status', {})).notices.map(({ code }) => code)
await eventually(async () => (await client.call('channel.list', {})).length === 1)

writeFileSync(ballast, new Uint8Array(14_000_000))
const kept: string[] = []
/** Refused, but with the word that it stands all the same. */
const standing: string[] = []
const failures = new Map<string, string>()
async function send(number: number): Promise<void> {
  const text = `${number} ${'x'.repeat(20_000)}`
  try {
    await client.call('message.send', { channel: CHANNEL, text })
    kept.push(String(number))
  } catch (error) {
    failures.set(codeOf(error), messageOf(error))
    if (messageOf(error).includes('stands all the same')) standing.push(String(number))
  }
}
let next = 0
while (failures.size === 0 && next < MESSAGES_AT_MOST) await send(next++)
const keptBefore = kept.length
const readWhileFull = (await client.call('message.read', { channel: CHANNEL, limit: 1 })).messages.length
process.stdout.write(`${JSON.stringify({ full: [...failures] })}\n`)
const noticed = await eventually(async () => (await notices()).includes('disk'), { timeout: 20_000 })

rmSync(ballast)
for (let index = 0; index < 5; index++) await send(next++)
const keptAfter = kept.length - keptBefore
client.dispose()
await peer.stop()
;({ client, peer } = await open())

const shown: string[] = []
for (let before: string | undefined; ;) {
  const page = await client.call('message.read', {
    channel: CHANNEL,
    limit: 500,
    ...(before === undefined ? {} : { before }),
  })
  shown.push(...page.messages.map(({ text }) => text.split(' ')[0] ?? ''))
  before = page.messages[0]?.id
  if (!page.more) break
}
// Also until the other machine has it all: it was written faster than it is passed on.
await eventually(
  async () => {
    const { onlyHere, synced } = await client.call('peer.status', {})
    return synced && onlyHere === 0
  },
  { timeout: 30_000 },
)
client.dispose()
await peer.stop()
process.stdout.write(
  `${JSON.stringify({ keptBefore, keptAfter, readWhileFull, noticed, lost: [...kept, ...standing].filter((number) => !shown.includes(number)), doubled: shown.length - new Set(shown).size, kept: [...kept, ...standing] })}\n`,
)
process.exit(0)
