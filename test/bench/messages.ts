import type { LoadOptions, Received, Sent } from './load.ts'
import type { Figure } from './report.ts'
import { median, pause, percentile } from './statistics.ts'
import { commonChannel, endAll, openGossip, openSwarm } from './swarm.ts'

const SIZE = 1024
const ROUNDS = 3
/** At full speed. */
const BURST = 3000
const IN_FLIGHT = 256
/** At leisure. */
const CALM = 1000
const CALM_RATE = 200
/** Many processes. */
const MANY = 16
const MANY_RATE = 50
const MANY_SECONDS = 10
const WARM_UP = 500
const ARRIVAL_TIMEOUT_MS = 60_000
/** Between rounds: what the one before left to write. */
const SETTLE_MS = 1000

/** Processes that send and receive, whatever carries the messages. */
interface Group {
  readonly name: string
  send(sender: number, load: LoadOptions): Promise<Sent>
  begin(receiver: number, mark: string): Promise<void>
  end(receiver: number, count: number): Promise<Received>
  readonly size: number
  close(): Promise<void>
}

async function murmuration(count: number): Promise<Group> {
  const peers = await openSwarm(count)
  const channel = await commonChannel(peers)
  const peer = (index: number) => peers[index] ?? raise()
  return {
    name: 'murmuration',
    size: count,
    send: (sender, load) => peer(sender).call('send', { channel, load }),
    begin: (receiver, mark) => peer(receiver).call('begin', { channel, mark }),
    end: (receiver, expected) => peer(receiver).call('end', { count: expected, timeout: ARRIVAL_TIMEOUT_MS }),
    close: () => endAll(peers),
  }
}

async function gossip(count: number): Promise<Group> {
  const nodes = await openGossip(count)
  const node = (index: number) => nodes[index] ?? raise()
  return {
    name: 'bare gossipsub',
    size: count,
    send: (sender, load) => node(sender).call('send', { load }),
    begin: (receiver, mark) => node(receiver).call('begin', { mark }),
    end: (receiver, expected) => node(receiver).call('end', { count: expected, timeout: ARRIVAL_TIMEOUT_MS }),
    close: () => endAll(nodes),
  }
}

interface Round {
  /** Messages a second until the last receiver had the last one. */
  readonly rate: number
  readonly latencies: readonly number[]
}

let rounds = 0

/** The given senders send; everybody else receives, or everybody where all send. */
async function round(group: Group, senders: readonly number[], load: Omit<LoadOptions, 'mark'>): Promise<Round> {
  const mark = `m${rounds++}`
  const everybody = Array.from({ length: group.size }, (_, index) => index)
  const receivers = senders.length === 1 ? everybody.filter((index) => index !== senders[0]) : everybody
  await Promise.all(receivers.map((receiver) => group.begin(receiver, `${mark}.`)))
  const others = (receiver: number) => senders.filter((sender) => sender !== receiver).length
  const arrivals = receivers.map((receiver) => group.end(receiver, load.count * others(receiver)))
  const sent = await Promise.all(senders.map((sender) => group.send(sender, { ...load, mark: `${mark}.${sender}` })))
  const received = await Promise.all(arrivals)
  for (const [index, { count }] of received.entries()) {
    const expected = load.count * others(receivers[index] ?? 0)
    if (count < expected) throw new Error(`${group.name}: ${expected - count} of ${expected} messages did not arrive`)
  }
  const firstAt = Math.min(...sent.map((one) => one.firstAt))
  const lastAt = Math.max(...received.map((one) => one.lastAt))
  if (process.env['BENCH_VERBOSE'] !== undefined) {
    const acknowledged = Math.max(...sent.map((one) => one.lastAt)) - firstAt
    process.stderr.write(
      `  ${group.name}: acknowledged after ${acknowledged.toFixed(0)} ms, arrived after ${(lastAt - firstAt).toFixed(0)} ms\n`,
    )
  }
  return {
    rate: (load.count * senders.length * 1000) / (lastAt - firstAt),
    latencies: received.flatMap((one) => one.latencies),
  }
}

/** Rounds of both in turn, so that what else the machine does weighs on both. */
async function alternate(
  ours: Group,
  theirs: Group,
  count: number,
  run: (group: Group) => Promise<Round>,
): Promise<readonly [readonly Round[], readonly Round[]]> {
  const results: [Round[], Round[]] = [[], []]
  for (let index = 0; index < count; index++) {
    for (const [side, group] of [ours, theirs].entries()) {
      await pause(SETTLE_MS)
      const result = await run(group)
      results[side]?.push(result)
    }
  }
  return results
}

export async function measureMessages(): Promise<readonly Figure[]> {
  return [...(await oneToTwo()), ...(await among(MANY))]
}

async function oneToTwo(): Promise<readonly Figure[]> {
  const ours = await murmuration(3)
  const theirs = await gossip(3)
  try {
    for (const group of [ours, theirs]) {
      await round(group, [0], { count: WARM_UP, size: SIZE, inFlight: IN_FLIGHT })
    }
    const [burst, bareBurst] = await alternate(ours, theirs, ROUNDS, (group) =>
      round(group, [0], { count: BURST, size: SIZE, inFlight: IN_FLIGHT }),
    )
    const [calm, bareCalm] = await alternate(ours, theirs, 2, (group) =>
      round(group, [0], { count: CALM, size: SIZE, rate: CALM_RATE, inFlight: 16 }),
    )
    return [
      {
        name: 'one to two, messages of 1 KB a second',
        unit: '/s',
        value: median(burst.map((one) => one.rate)),
        peer: { name: 'bare gossipsub', value: median(bareBurst.map((one) => one.rate)) },
        aim: { of: 'ratio', at: 'least', limit: 0.5 },
      },
      ...latencies(`one to two at ${CALM_RATE}/s`, calm, bareCalm, undefined),
    ]
  } finally {
    await Promise.all([ours.close(), theirs.close()])
  }
}

async function among(count: number): Promise<readonly Figure[]> {
  const perSender = Math.ceil((MANY_RATE * MANY_SECONDS) / count)
  const senders = Array.from({ length: count }, (_, index) => index)
  const load = { count: perSender, size: SIZE, rate: MANY_RATE / count, inFlight: 4 }
  const measure = async (open: (count: number) => Promise<Group>): Promise<readonly Round[]> => {
    const group = await open(count)
    try {
      await round(group, senders, { ...load, count: Math.ceil(perSender / 3) })
      return [await round(group, senders, load), await round(group, senders, load)]
    } finally {
      await group.close()
    }
  }
  const ours = await measure(murmuration)
  const theirs = await measure(gossip)
  return latencies(`${count} processes, ${MANY_RATE}/s of 1 KB in all`, ours, theirs, 60)
}

function latencies(
  name: string,
  ours: readonly Round[],
  theirs: readonly Round[],
  limit: number | undefined,
): readonly Figure[] {
  const all = ours.flatMap((one) => one.latencies)
  const bare = theirs.flatMap((one) => one.latencies)
  return [
    { part: 0.5, label: 'p50' },
    { part: 0.99, label: 'p99' },
  ].map(({ label, part }) => ({
    name: `${name}: ${label}`,
    unit: 'ms',
    value: percentile(all, part),
    peer: { name: 'bare gossipsub', value: percentile(bare, part) },
    aim: limit === undefined || label === 'p50' ? undefined : { of: 'value', at: 'most', limit },
  }))
}

function raise(): never {
  throw new Error('no such process')
}
