/**
 * A peer in a process of its own, driven by lines of JSON: `{id, do, ...}` in, `{id, value}` or `{id, error}` and
 * `{event, ...}` out. The options come as JSON in the first argument.
 */
import { createInterface } from 'node:readline'

import { utf8 } from '../../../src/base/bytes.ts'
import { systemClock } from '../../../src/base/clock.ts'
import { codeOf, messageOf } from '../../../src/base/errors.ts'
import { parseDeviceId } from '../../../src/base/ids.ts'
import type { Logger } from '../../../src/base/log.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { systemRandom } from '../../../src/base/random.ts'
import { createLibp2pNetwork } from '../../../src/network/libp2p/libp2p-network.ts'
import type { RelayMode } from '../../../src/network/libp2p/reach/reach.ts'
import type { MessageStream } from '../../../src/network/network.ts'
import { LevelStore } from '../../../src/store/level-store.ts'
import { MemoryStore } from '../../../src/store/memory-store.ts'
import { passwordGate, testKey } from './identities.ts'

export interface PeerOptions {
  readonly name: string
  readonly listen?: readonly string[]
  readonly announce?: readonly string[]
  readonly mdns?: boolean
  readonly password?: string
  /** Default: all in one. */
  readonly swarm?: string
  /** Where addresses are kept; in memory without. */
  readonly folder?: string
  readonly maxConnections?: number
  readonly relay?: RelayMode
  readonly holePunching?: boolean
  readonly probing?: boolean
  readonly portMapping?: boolean
}

export type Command =
  | { readonly do: 'connect' | 'remember'; readonly addresses: readonly string[] }
  | { readonly do: 'subscribe'; readonly topic: string }
  | { readonly do: 'publish'; readonly topic: string; readonly text: string }
  | { readonly do: 'peers' | 'addresses' | 'reach' | 'wake' | 'restart' | 'stop' }
  /** Opens an echo stream and measures, or moves bytes. */
  | { readonly do: 'echo'; readonly device: string; readonly count: number; readonly size: number }
  | { readonly do: 'send'; readonly device: string; readonly count: number; readonly size: number }
  | { readonly do: 'gossip'; readonly topic: string; readonly count: number; readonly perSecond: number }

const ECHO = '/murmuration/test/echo/1'
const SINK = '/murmuration/test/sink/1'

/** Milliseconds from publishing to hearing. */
const timings: number[] = []
const options = JSON.parse(process.argv[2] ?? '{}') as PeerOptions
const say = (value: object): void => {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** Everything that is logged, on the error output: for looking into a failure by hand. */
function loudLogger(): Logger {
  const log = (fields: unknown, message?: string): void =>
    console.error(Date.now(), options.name, message, JSON.stringify(fields))
  return { ...silentLogger, debug: log, info: log, warn: log, error: log }
}

const store = options.folder === undefined ? new MemoryStore() : new LevelStore({ folder: options.folder })
await store.start()
const network = createLibp2pNetwork({
  key: testKey(options.name),
  listen: options.listen ?? ['/ip4/127.0.0.1/tcp/0'],
  mdns: options.mdns ?? false,
  swarmTag: options.swarm ?? 'test swarm',
  gate: passwordGate(options.password ?? 'starling'),
  addressBook: { store, prefix: utf8('addresses/') },
  clock: systemClock,
  random: systemRandom,
  logger: process.env['MURMURATION_TEST_LOG'] === undefined ? silentLogger : loudLogger(),
  ...(options.announce === undefined ? {} : { announce: options.announce }),
  ...(options.relay === undefined ? {} : { relay: options.relay }),
  ...(options.probing === undefined ? {} : { probing: options.probing }),
  ...(options.portMapping === undefined ? {} : { portMapping: options.portMapping }),
  ...(options.holePunching === undefined ? {} : { holePunching: options.holePunching }),
  ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
})
network.events.on('peer:connected', ({ device }) => say({ event: 'connected', device, at: Date.now() }))
network.events.on('peer:disconnected', ({ device }) => say({ event: 'disconnected', device, at: Date.now() }))
network.handle(ECHO, async (stream) => {
  for await (const frame of stream) await stream.send(frame)
  await stream.close()
})
network.handle(SINK, async (stream) => {
  let bytes = 0
  for await (const frame of stream) bytes += frame.length
  await stream.send(utf8(String(bytes)))
  await stream.close()
})
await network.start()
say({ event: 'ready', device: network.device, addresses: network.addresses(), startedIn: performance.now() })

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command & { readonly id: number }
  run(command).then(
    (value) => say({ id: command.id, value: value ?? null }),
    (error: unknown) => say({ id: command.id, error: codeOf(error), message: messageOf(error) }),
  )
}

async function run(command: Command): Promise<unknown> {
  switch (command.do) {
    case 'connect':
      return await network.connect(command.addresses)
    case 'remember':
      return network.remember(command.addresses)
    case 'subscribe':
      network.subscribe(command.topic, (data, from) => {
        const text = Buffer.from(data).toString()
        if (!text.startsWith('{')) say({ event: 'heard', topic: command.topic, text, from })
        else timings.push(Date.now() + subMillisecond() - (JSON.parse(text) as { sent: number }).sent)
        if (timings.length > 0 && timings.length % 100 === 0)
          say({ event: 'timings', count: timings.length, ...percentiles(timings) })
      })
      return undefined
    case 'publish':
      return await network.publish(command.topic, utf8(command.text))
    case 'peers':
      return network.peers()
    case 'reach':
      return network.reach()
    case 'addresses':
      return network.addresses()
    case 'wake':
      return network.wake()
    case 'restart':
      await network.stop()
      await network.start()
      return network.addresses()
    case 'stop':
      await network.stop()
      await store.stop()
      return process.exit(0)
    case 'echo':
      return await echo(await network.openStream(parseDeviceId(command.device), ECHO), command.count, command.size)
    case 'send':
      return await send(await network.openStream(parseDeviceId(command.device), SINK), command.count, command.size)
    case 'gossip':
      return await gossip(command.topic, command.count, command.perSecond)
  }
}

/** Date.now has whole milliseconds only; both processes share the wall clock of this machine. */
function subMillisecond(): number {
  return performance.timeOrigin + performance.now() - Date.now()
}

async function echo(stream: MessageStream, count: number, size: number): Promise<object> {
  const times: number[] = []
  const frames = stream[Symbol.asyncIterator]()
  for (let i = 0; i < count; i++) {
    const began = performance.now()
    await stream.send(new Uint8Array(size))
    await frames.next()
    times.push(performance.now() - began)
  }
  await stream.close()
  return percentiles(times.slice(Math.floor(count / 10)))
}

async function send(stream: MessageStream, count: number, size: number): Promise<object> {
  const began = performance.now()
  const cpu = process.cpuUsage()
  const frame = new Uint8Array(size)
  for (let i = 0; i < count; i++) await stream.send(frame)
  await stream.close()
  const { value } = await stream[Symbol.asyncIterator]().next()
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpu)
  return {
    received: Number(Buffer.from(value as Uint8Array).toString()),
    megabytesPerSecond: (count * size) / seconds / 1e6,
    cpuSeconds: (user + system) / 1e6,
  }
}

async function gossip(topic: string, count: number, perSecond: number): Promise<void> {
  const began = performance.now()
  for (let i = 0; i < count; i++) {
    const due = began + (i * 1000) / perSecond
    while (performance.now() < due)
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
    const sent = performance.timeOrigin + performance.now()
    await network.publish(topic, utf8(JSON.stringify({ i, sent, pad: 'x'.repeat(980) })))
  }
}

function percentiles(times: readonly number[]): object {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): number => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(3))
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
