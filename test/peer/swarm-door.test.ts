import { describe, expect, test } from 'vitest'

import { systemClock } from '../../src/base/clock.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import { sha256 } from '../../src/base/hash.ts'
import { utf8 } from '../../src/base/bytes.ts'
import type { RosterEntry } from '../../src/identity/roster/index.ts'
import type { CredentialsJudge } from '../../src/journal/index.ts'
import { RosterState } from '../../src/peer/membership/index.ts'
import type { SwarmDoorOptions } from '../../src/peer/membership/swarm-door.ts'
import { SwarmDoor } from '../../src/peer/membership/swarm-door.ts'
import { keyOf, space, Story } from '../identity/roster/story.ts'

/** What a journal was given to look at, and whom it was to keep. */
interface Look {
  readonly judge: CredentialsJudge
  end(): void
}

/** Bob's door: he knows alice, who let him in, and not carol, who came in later. */
function doorOfBob() {
  const story = new Story()
  story.join('alice', 'bob')
  const known = [...story.all]
  story.join('alice', 'carol')
  const state = new RosterState({ space, self: keyOf('bob').device })
  state.add(known.map((entry) => ({ ...entry, time: 0 })))
  const looks: Look[] = []
  const journal = {
    acceptCredentials: (_frames: unknown, judge: CredentialsJudge) =>
      new Promise<void>((resolve) => looks.push({ judge, end: resolve })),
  }
  const options = { space, self: keyOf('bob').device, state, journal, ready: Promise.resolve(), clock: systemClock }
  const door = new SwarmDoor(options as unknown as SwarmDoorOptions)
  return { all: [...story.all], door, looks }
}

const carol = keyOf('carol').device
const mallory = keyOf('mallory').device

/** Whom the door keeps of those whose entries these are. */
async function kept(entries: readonly RosterEntry[], from: DeviceId): Promise<readonly string[] | undefined> {
  const { door, looks } = doorOfBob()
  const accepting = door.accept([], from)
  await Promise.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  const keeps = looks[0]?.judge(entries)
  looks[0]?.end()
  await accepting
  return keeps && ['alice', 'bob', 'carol', 'mallory'].filter((name) => keeps(keyOf(name).device))
}

function junk(count: number): readonly RosterEntry[] {
  const body = new Uint8Array(0)
  return Array.from({ length: count }, (_, index) => {
    const hash = sha256(utf8(`junk ${index}`))
    return {
      device: mallory,
      incarnation: '00'.repeat(8),
      kind: 'x.y',
      sequence: index + 1,
      hash,
      lamport: 1,
      after: [],
      body,
    }
  })
}

describe('G10 a member looks at what a stranger shows', () => {
  test('G10 who belongs by it is taken in, with the journals of those who do', async () => {
    const { all } = doorOfBob()
    expect(await kept([...all, ...junk(3)], carol)).toEqual(['alice', 'bob', 'carol'])
  })

  test('G10 who does not belong by it is not, whatever else it shows', async () => {
    const { all } = doorOfBob()
    expect(await kept(all, mallory)).toBeUndefined()
  })

  test('G10 more that is new than a member can look at in one go is not looked at', async () => {
    const { all } = doorOfBob()
    expect(await kept([...all, ...junk(8193)], carol)).toBeUndefined()
  })

  test('G10 one after the other', async () => {
    const { door, looks } = doorOfBob()
    const both = [door.accept([], carol), door.accept([], mallory)]
    await new Promise((resolve) => setImmediate(resolve))
    expect(looks).toHaveLength(1)
    looks[0]?.end()
    await both[0]
    await new Promise((resolve) => setImmediate(resolve))
    expect(looks).toHaveLength(2)
    looks[1]?.end()
    await both[1]
  })

  test('G9 what only those know who were shown who belongs is the nonce of the founder', () => {
    const { all, door } = doorOfBob()
    expect(door.founding()).toHaveLength(32)
    expect(all.some(({ kind }) => kind === 'swarm.found')).toBe(true)
  })
})
