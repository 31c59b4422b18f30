import { readFile } from 'node:fs/promises'

import { expect } from 'vitest'

import { decodeInviteLink } from '../../src/identity/roster/index.ts'
import type { InviteLink } from '../../src/identity/roster/index.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import type { RealPeer } from '../peer/real-peer.ts'
import { allSynced, swarmOf } from '../peer/real-peer.ts'

/** What an attacked process may grow by while it is attacked: garbage of a busy one, which stays the same however long. */
const MAX_GROWTH = 320 * 1024 * 1024
/** A message takes milliseconds between two who are left alone; these share two cores with who attacks them, and with other tests. */
const NORMAL_MS = 3_000
/** And so many times what it takes just before: a machine that is busy with other things as well is slower at all. */
const NORMAL_TIMES = 10

export interface Victims {
  readonly alice: RealPeer
  readonly bob: RealPeer
  /** Of alice. */
  readonly address: string
  readonly space: Uint8Array
  /** A new invite of alice's. */
  invite(options?: { readonly uses?: number; readonly lifetime?: number }): Promise<InviteLink>
  /** Sends a message each way. @returns milliseconds that the slower one took */
  exchange(): Promise<number>
  /** Attacks, and looks all the while whether the others are disturbed. */
  during(attack: () => Promise<void>): Promise<void>
}

/** Two members in processes of their own, who talk. */
export async function victims(): Promise<Victims> {
  const [alice, bob] = await swarmOf(['alice', 'bob'], { root: await temporaryFolder('adversary') })
  if (alice === undefined || bob === undefined) throw new Error('no peers')
  await alice.client.call('channel.create', { name: 'plans' })
  await allSynced([alice, bob])
  const [address = ''] = (await alice.status()).addresses
  const invite: Victims['invite'] = async (options = {}) => {
    const { link } = await alice.client.call('invite.create', options)
    return decodeInviteLink(link ?? '')
  }
  const { space } = await invite()
  let count = 0
  const exchange = async (): Promise<number> => {
    const began = performance.now()
    await Promise.all(
      [[alice, bob] as const, [bob, alice] as const].map(async ([from, to]) => {
        const text = `message ${++count}`
        await from.send('plans', text)
        await eventually(async () => (await to.texts('plans')).includes(text), { what: `${text} to arrive` })
      }),
    )
    return performance.now() - began
  }
  const during = async (attack: () => Promise<void>): Promise<void> => {
    await exchange()
    const normal = NORMAL_MS + NORMAL_TIMES * (await exchange())
    const before = await Promise.all([residentOf(alice), residentOf(bob)])
    let most = 0
    const state = { over: false }
    const watching = (async () => {
      const times: number[] = []
      do {
        times.push(await exchange())
        most = Math.max(most, await residentOf(alice))
        await new Promise((resolve) => setTimeout(resolve, 100))
      } while (!state.over)
      return times
    })()
    // Where the attack itself fails, that is what is told.
    watching.catch(() => undefined)
    try {
      await attack()
    } finally {
      state.over = true
    }
    const times = await watching
    times.push(await exchange())
    most = Math.max(most, await residentOf(alice))
    expect(Math.max(...times)).toBeLessThan(normal)
    expect(most - (before[0] ?? 0)).toBeLessThan(MAX_GROWTH)
    expect((await residentOf(bob)) - (before[1] ?? 0)).toBeLessThan(MAX_GROWTH)
  }
  return { alice, bob, address, space: Buffer.from(space, 'base64url'), invite, exchange, during }
}

/** Resident memory in bytes. Fails where the process is gone; only Linux tells it so simply. */
export async function residentOf(peer: RealPeer): Promise<number> {
  if (process.platform !== 'linux') return 0
  const status = await readFile(`/proc/${peer.process.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024
}
