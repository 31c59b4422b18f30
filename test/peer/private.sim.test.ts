import { describe, expect, test } from 'vitest'

import { fromBase64url, utf8 } from '../../src/base/bytes.ts'
import { publicKeyOf } from '../../src/identity/index.ts'
import type { Swarm } from '../../src/peer/swarm.ts'
import { Simulation } from '../support/simulation.ts'
import { tappedNetwork } from '../support/tapped-network.ts'
import { SimulatedSwarm } from './simulated-swarm.ts'

const NAMES = ['alice', 'bob', 'carol', 'dave'] as const
type Name = (typeof NAMES)[number]

interface World {
  readonly simulation: Simulation
  readonly swarm: SimulatedSwarm
  readonly of: (name: Name) => Swarm
  /** All that came in at a machine. */
  readonly received: ReadonlyMap<string, Uint8Array[]>
  readonly kill: (name: Name) => void
  readonly boot: (name: Name) => Promise<void>
}

async function world(seed: number): Promise<World> {
  const simulation = new Simulation({ seed })
  const received = new Map<string, Uint8Array[]>(NAMES.map((name) => [name, []]))
  const swarm = new SimulatedSwarm(simulation, {
    around: (network, name) => tappedNetwork(network, (bytes) => received.get(name)?.push(bytes.slice())),
  })
  const machines = new Map(NAMES.map((name) => [name, simulation.machine(name)]))
  const machineOf = (name: Name) => {
    const machine = machines.get(name)
    if (machine === undefined) throw new Error(name)
    return machine
  }
  const of = (name: Name): Swarm => {
    const running = swarm.running.get(machineOf(name))
    if (running === undefined) throw new Error(`${name} is off`)
    return running
  }
  const first = await swarm.found(machineOf('alice'), 'alice')
  const link = await swarm.invite(first, { uses: NAMES.length })
  for (const name of NAMES.slice(1)) await swarm.enter(machineOf(name), name, link)
  await simulation.until('everybody is in', () =>
    swarm.all.every((one) => one.members().people.length === NAMES.length && one.network.peers().length === 3),
  )
  return {
    simulation,
    swarm,
    of,
    received,
    kill: (name) => swarm.kill(machineOf(name), 'process'),
    boot: async (name) => void (await swarm.boot(machineOf(name))),
  }
}

const texts = async (swarm: Swarm, asked: string): Promise<readonly string[]> => {
  const { channel, conversation } = await swarm.conversations.ofChannel(asked)
  return (await conversation.messages.read(channel)).messages.map(({ text }) => text)
}

const say = async (swarm: Swarm, asked: string, text: string): Promise<void> => {
  const { channel, conversation } = await swarm.conversations.ofChannel(asked)
  await conversation.messages.post(channel, text)
}

/** The machines that keep the last message of a channel for others. */
async function waitingOn(swarm: Swarm, asked: string): Promise<readonly string[]> {
  const { channel, conversation } = await swarm.conversations.ofChannel(asked)
  const last = (await conversation.messages.read(channel)).messages.at(-1)
  return last === undefined ? [] : conversation.waitingOn(last.reference)
}

/** Whether the bytes are anywhere in what came in, whole. */
const contains = (received: readonly Uint8Array[], wanted: Uint8Array): boolean =>
  received.some((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from(wanted)))

describe('who is not in a private space', () => {
  test('gets nothing of it: neither text nor name nor people, nor which space it is', async () => {
    const { of, received, simulation } = await world(1)
    const { id } = await simulation.run(() => of('alice').conversations.create('surprise party', ['bob']))
    const before = new Map([...received].map(([name, all]) => [name, all.length]))
    await simulation.run(() => say(of('alice'), id, 'the cake is a secret'))
    await simulation.until('bob has it', async () => (await texts(of('bob'), id).catch(() => [])).length === 1)
    await simulation.run(() => say(of('bob'), id, 'I bring the candles'))
    await simulation.until('alice has it', async () => (await texts(of('alice'), id)).length === 2)
    const space = of('alice').spaces.all[0]?.space
    expect(space).toBeDefined()
    const secrets = [
      utf8('the cake is a secret'),
      utf8('surprise party'),
      fromBase64url(space ?? ''),
      fromBase64url(id),
    ]
    // the same looking finds it all where it belongs
    expect(secrets.slice(0, 3).map((secret) => contains(received.get('bob') ?? [], secret))).toEqual([true, true, true])
    for (const name of ['carol', 'dave'] as const) {
      expect(secrets.map((secret) => contains(received.get(name) ?? [], secret))).toEqual(secrets.map(() => false))
      expect(of(name).spaces.all).toEqual([])
      expect(before.get(name)).toBeGreaterThan(0)
    }
  })

  test('is answered, when it guesses which space two people share, as if there were none', async () => {
    const { of, received, simulation } = await world(2)
    await simulation.run(() => of('alice').conversations.direct(['bob']))
    await simulation.until('bob has it', () => of('bob').spaces.all.length === 1)
    // dave makes up the very space, and asks bob for it
    const shared = of('alice').spaces.all[0]?.space
    if (shared === undefined) throw new Error('no space')
    await simulation.run(() => say(of('alice'), '@bob', 'nobody else reads this'))
    await simulation.run(() => of('dave').spaces.introduce(shared, of('bob').network.device))
    const asked = simulation.clock.monotonic()
    await simulation.until('dave has asked for long', () => simulation.clock.monotonic() - asked > 60_000)
    expect(of('dave').spaces.all[0]?.state.current).toBeUndefined()
    expect(of('dave').spaces.all[0]?.journal.frontier()).toEqual([])
    expect(of('bob').spaces.all[0]?.connected()).toEqual([of('alice').network.device])
    expect(contains(received.get('dave') ?? [], utf8('nobody else reads this'))).toBe(false)
  })
})

describe('those who are never on together', () => {
  test('what was said waits with others, sealed, who can tell neither what it is nor for whom', async () => {
    const { boot, kill, of, received, simulation } = await world(3)
    const { id } = await simulation.run(() => of('alice').conversations.create('surprise party', ['bob']))
    await simulation.until('bob has it', () => of('bob').spaces.all[0]?.state.current !== undefined)
    const [bob, space] = [of('bob').network.device, of('alice').spaces.all[0]?.space ?? '']
    kill('bob')
    const before = new Map([...received].map(([name, all]) => [name, all.length]))
    await simulation.run(() => say(of('alice'), id, 'the cake is a secret'))
    await simulation.until('others keep it', async () => (await waitingOn(of('alice'), id)).length === 2)
    for (const name of ['carol', 'dave'] as const) {
      const since = (received.get(name) ?? []).slice(before.get(name))
      const secrets = [utf8('the cake is a secret'), utf8('surprise party'), fromBase64url(space), fromBase64url(id)]
      expect(secrets.filter((secret) => contains(since, secret))).toEqual([])
      expect(of(name).spaces.held().envelopes).toBeGreaterThan(0)
      // whom it is for stands in no frame that has to do with it; the address exchange names everybody
      const mail = since.filter((bytes) => bytes.length > 1024)
      expect(mail.length).toBeGreaterThan(0)
      expect(contains(mail, publicKeyOf(bob))).toBe(false)
    }
    kill('alice')
    await boot('bob')
    await simulation.until('bob has it though alice is off', async () =>
      (await texts(of('bob'), id).catch((): readonly string[] => [])).includes('the cake is a secret'),
    )
    await boot('alice')
    await simulation.until('it is taken back', () =>
      (['carol', 'dave'] as const).every((name) => of(name).spaces.held().envelopes === 0),
    )
  })

  test('a conversation begins while the other person is off', async () => {
    const { boot, kill, of, simulation } = await world(4)
    kill('bob')
    const { id } = await simulation.run(() => of('alice').conversations.direct(['bob']))
    await simulation.run(() => say(of('alice'), id, 'are you there?'))
    await simulation.until('others keep it', async () => (await waitingOn(of('alice'), id)).length === 2)
    kill('alice')
    await boot('bob')
    await simulation.until('bob reads it', async () =>
      (await texts(of('bob'), id).catch((): readonly string[] => [])).includes('are you there?'),
    )
    await simulation.run(() => say(of('bob'), '@alice', 'now I am'))
    await boot('alice')
    await simulation.until('alice reads it', async () => (await texts(of('alice'), id)).includes('now I am'))
  })
})

describe('random histories', () => {
  const SEEDS = 30
  test.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    'seed %i: those who belong agree, however the network was cut',
    async (seed) => {
      const { boot, kill, of, simulation } = await world(1000 + seed)
      const { random } = simulation
      const pick = <T>(items: readonly T[]): T => {
        const item = items[random.below(items.length)]
        if (item === undefined) throw new Error('nothing to pick')
        return item
      }
      const { id } = await simulation.run(() => of('alice').conversations.create('plans', ['bob']))
      await simulation.until('bob has it', () => of('bob').spaces.all[0]?.state.current !== undefined)
      let said = 0
      for (let step = 0; step < 12; step++) {
        const name = pick(NAMES)
        const what = random.below(9)
        simulation.note(`${name} ${what}`)
        const work = async (): Promise<void> => {
          const { conversations } = of(name)
          if (what <= 3) await say(of(name), id, `${name} ${++said}`)
          else if (what === 4) await conversations.add(id, pick(NAMES))
          else if (what === 5) await conversations.remove(id, pick(NAMES))
          else if (what === 6) await conversations.leave(id)
        }
        if (what === 7) simulation.network.partition(NAMES.filter(() => random.below(2) === 0))
        else if (what === 8) simulation.network.heal()
        // whoever does not belong is refused, and says so
        else await simulation.run(() => work().catch(() => undefined))
        if (random.below(6) === 0) {
          kill(name)
          await boot(name)
        }
        await simulation.run(() => of('alice').journal.settled())
      }
      simulation.network.heal()
      const members = (): readonly Swarm[] => {
        const space = of('alice').spaces.all[0]
        return NAMES.map(of).filter((swarm) => space?.state.isMember(swarm.network.device) === true)
      }
      await simulation.until(
        'those who belong hold the same',
        async () => {
          const inIt = members()
          if (inIt.length === 0) return true
          const views = await Promise.all(
            inIt.map(async (swarm) => {
              const space = swarm.spaces.all[0]
              const frontier = space?.journal.frontier().join() ?? 'none'
              const people = [...(space?.state.current?.people ?? [])].sort().join()
              return `${frontier} ${people} ${(await texts(swarm, id).catch(() => ['none'])).join()}`
            }),
          )
          return new Set(views).size === 1
        },
        { limit: 200_000 },
      )
      const all = await simulation.run(() => texts(of('alice'), id))
      expect(new Set(all).size).toBe(all.length)
    },
  )
})
