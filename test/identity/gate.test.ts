import { describe, expect, test } from 'vitest'

import { toBase64url, utf8 } from '../../src/base/bytes.ts'
import { decodeCborMap, encodeCbor } from '../../src/base/cbor.ts'
import { TimeoutError } from '../../src/base/errors.ts'
import { sha256 } from '../../src/base/hash.ts'
import type { DeviceId, SpaceId } from '../../src/base/ids.ts'
import { seededRandom } from '../../src/base/random.ts'
import type { GateStream, SwarmGate } from '../../src/identity/index.ts'
import { createSwarmGate, deviceKeyFromSeed } from '../../src/identity/index.ts'
import type { EntryRequest } from '../../src/identity/roster/index.ts'
import { ENTRY_REFUSALS, requestJoin, requestLink, signGrant, inviteKey } from '../../src/identity/roster/index.ts'
import { FOUNDING, TestDoor } from './door.ts'
import { changed, End, fieldsOf, joined, meet, never, pipe } from './pipe.ts'

const keyOf = (name: string) => deviceKeyFromSeed(sha256(utf8(name)))
const alice = keyOf('alice').device
const bob = keyOf('bob').device
const mallory = keyOf('mallory').device
const spaceBytes = sha256(utf8('space'))
const space = toBase64url(spaceBytes) as SpaceId

let seed = 0
const gateOf = (self: DeviceId, door: TestDoor, of: SpaceId = space): SwarmGate =>
  createSwarmGate({ space: of, device: self, random: seededRandom(++seed), door })
const member = (self: DeviceId): SwarmGate => gateOf(self, new TestDoor({ [alice]: 'active', [bob]: 'active' }))

/** Alice dials bob, each with a door. */
async function visit(atAlice: TestDoor, atBob: TestDoor, ends = pipe(alice, bob)) {
  const outcome = await meet(gateOf(alice, atAlice), gateOf(bob, atBob), ends)
  return { outcome, fromAlice: fieldsOf(ends[0].sent.slice(2)), fromBob: fieldsOf(ends[1].sent.slice(2)) }
}

const PASSED = ['passed', 'passed']
const REFUSED = ['NOT_ADMITTED', 'NOT_ADMITTED']

const inviteSeed = new Uint8Array(16).fill(3)
const grant = signGrant(keyOf('bob'), space, {
  invite: inviteKey(inviteSeed).publicKey,
  role: 'member',
  uses: 1,
  expires: 2_000_000_000_000,
})
const REQUESTS: Readonly<Record<EntryRequest['type'], EntryRequest>> = {
  join: {
    type: 'join',
    join: requestJoin({ space, grant, seed: inviteSeed, key: keyOf('alice'), person: 'alice', machine: 'laptop' }),
  },
  link: {
    type: 'link',
    link: requestLink({ space, seed: inviteSeed, key: keyOf('alice'), person: bob, machine: 'laptop' }),
  },
}

describe('G1 which swarm it is', () => {
  test('G1 two that know it, and each other, pass', async () => {
    expect(await meet(member(alice), member(bob), pipe(alice, bob))).toEqual(PASSED)
  })

  test('G1 whoever takes it for another swarm is not admitted, on either side', async () => {
    const other = toBase64url(new Uint8Array(32).fill(8)) as SpaceId
    const stranger = (self: DeviceId): SwarmGate => gateOf(self, new TestDoor({ [alice]: 'active' }), other)
    expect(await meet(stranger(alice), member(bob), pipe(alice, bob))).toEqual(REFUSED)
    expect(await meet(member(alice), stranger(bob), pipe(alice, bob))).toEqual(REFUSED)
  })

  test('G2 a listener sends one nonce and nothing else to who does not know it', async () => {
    const ends = pipe(mallory, bob)
    await meet(gateOf(mallory, new TestDoor(), toBase64url(new Uint8Array(32)) as SpaceId), member(bob), ends)
    expect(fieldsOf(ends[1].sent)).toEqual(['nonce'])
    expect(ends[1].sent[0]).toHaveLength(encodeCbor({ version: 2, nonce: new Uint8Array(32) }).length)
  })

  test('G2 neither the name of the swarm nor what its members share ever crosses the wire', async () => {
    const ends = pipe(alice, bob)
    const [atAlice, atBob] = [new TestDoor(), new TestDoor()]
    expect((await visit(atAlice, atBob, ends)).outcome).toEqual(PASSED)
    for (const frame of [...ends[0].sent, ...ends[1].sent]) {
      expect(Buffer.from(frame).includes(Buffer.from(spaceBytes))).toBe(false)
      expect(Buffer.from(frame).includes(Buffer.from(FOUNDING))).toBe(false)
    }
  })
})

describe('G3 proofs fit one connection', () => {
  test('G3 reflection: what the dialler proved is no proof of the listener', async () => {
    const atAlice = new End(mallory)
    joined(atAlice, atAlice)
    const passing = member(alice)(atAlice, 'dialler', never)
    await expect(passing).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
    expect(atAlice.sent).toHaveLength(2)
  })

  test('G3 reflection: a member cannot be made to prove for another by being dialled at the same time', async () => {
    // bob dials mallory, and mallory dials bob with the very nonces and proofs that bob sends.
    const [bobDials, atMallory] = pipe(bob, mallory)
    const [malloryDials, bobListens] = pipe(mallory, bob)
    const dialling = member(bob)(bobDials, 'dialler', never).catch(() => 'failed')
    const listening = member(bob)(bobListens, 'listener', never)
    const fromBobDialling = atMallory[Symbol.asyncIterator]()
    const fromBobListening = malloryDials[Symbol.asyncIterator]()
    await malloryDials.send((await fromBobDialling.next()).value ?? new Uint8Array())
    await atMallory.send((await fromBobListening.next()).value ?? new Uint8Array())
    await malloryDials.send((await fromBobDialling.next()).value ?? new Uint8Array())
    await expect(listening).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
    atMallory.other?.deliver(undefined)
    expect(await dialling).toBe('failed')
  })

  test('G3 replay: frames of an earlier meeting open nothing', async () => {
    const ends = pipe(alice, bob)
    expect(await meet(member(alice), member(bob), ends)).toEqual(PASSED)
    const again = new End(alice)
    for (const frame of ends[0].sent) again.deliver(frame)
    await expect(member(bob)(again, 'listener', never)).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
    const back = new End(bob)
    for (const frame of ends[1].sent) back.deliver(frame)
    await expect(member(alice)(back, 'dialler', never)).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
  })

  test('G3 relay: one in the middle cannot pass on the proofs of two members', async () => {
    // alice believes to talk to mallory, bob believes so, too; mallory hands every frame on.
    const ends = joined(new End(mallory), new End(mallory))
    expect(await meet(member(alice), member(bob), ends)).toEqual(REFUSED)
  })

  test.each([
    ['listener', mallory, alice],
    ['dialler', bob, mallory],
  ])('G3 two that take the %s for different devices do not pass', async (_, atAlice, atBob) => {
    expect(await meet(member(alice), member(bob), joined(new End(atAlice), new End(atBob)))).toEqual(REFUSED)
  })
})

describe('G4 bad manners', () => {
  const nonce = new Uint8Array(32)

  test.each([
    ['nothing', new Uint8Array()],
    ['noise', new Uint8Array(200).fill(0xff)],
    ['a short nonce', encodeCbor({ version: 2, nonce: new Uint8Array(31) })],
    ['a long frame', encodeCbor({ version: 2, nonce, more: new Uint8Array(1000) })],
    ['no version', encodeCbor({ nonce })],
    ['a proof at once', encodeCbor({ version: 2, proof: nonce })],
  ])('G4 %s is not admitted', async (_, frame) => {
    const end = new End(mallory)
    end.deliver(frame)
    await expect(member(bob)(end, 'listener', never)).rejects.toMatchObject({ code: 'NOT_ADMITTED' })
    expect(end.sent).toEqual([])
  })

  test.each([
    [3, 'this', 'newer version'],
    [1, 'other', 'has to be updated'],
  ] as const)('G4 version %i is told to the one who has to update', async (version, which, said) => {
    const door = new TestDoor()
    const end = new End(mallory)
    end.deliver(encodeCbor({ version, nonce }))
    await expect(gateOf(bob, door)(end, 'listener', never)).rejects.toThrow(said)
    expect(door.heard).toEqual([`outdated: ${which}`])
  })

  test.each([
    ['no standing', {}],
    ['a standing that nobody has', { standing: 'king' }],
    ['a name as long as a book', { standing: 'active', by: 'x'.repeat(20_000) }],
  ])('G4 a listener that answers with %s is not believed', async (_, fields) => {
    const door = new TestDoor({ [bob]: 'active' })
    const ends = pipe(alice, bob)
    ends[1].tamper = (frame) => (fieldsOf([frame])[0]?.includes('standing') === true ? again(fields) : frame)
    expect(await meet(gateOf(alice, door), member(bob), ends)).toEqual(['NOT_ADMITTED', 'passed'])
    expect(door.heard).toEqual([])
  })
  const again = (fields: object): Uint8Array => encodeCbor({ version: 2, ...fields })

  test('G4 what is told of people is one line, whatever was sent', async () => {
    const door = new TestDoor({ [bob]: 'active' })
    const ends = pipe(alice, bob)
    ends[1].tamper = (frame) =>
      fieldsOf([frame])[0]?.includes('standing') === true
        ? changed(frame, { standing: 'left', by: 'eve\u001b[2J\nbob' })
        : frame
    await meet(gateOf(alice, door), member(bob), ends)
    expect(door.heard).toEqual(['left by eve [2J bob'])
  })

  test('G5 one who falls silent is given up when the signal fires, with its reason', async () => {
    const waiting = new AbortController()
    const passing = member(bob)(new End(mallory), 'listener', waiting.signal)
    waiting.abort(new TimeoutError('the gate was not passed in time'))
    await expect(passing).rejects.toMatchObject({ code: 'TIMEOUT' })
    const unnamed = new AbortController()
    unnamed.abort()
    await expect(member(bob)(new End(mallory), 'listener', unnamed.signal)).rejects.toMatchObject({ code: 'ABORTED' })
  })

  test('G5 a stream that takes nothing is given up as well', async () => {
    const stuck: GateStream = {
      peer: mallory,
      send: () => new Promise(() => undefined),
      [Symbol.asyncIterator]: () => new End(mallory)[Symbol.asyncIterator](),
    }
    const waiting = new AbortController()
    const passing = member(bob)(stuck, 'dialler', waiting.signal)
    waiting.abort()
    await expect(passing).rejects.toMatchObject({ code: 'ABORTED' })
  })
})

describe('G6 how both see each other', () => {
  const gone = ['suspended', 'left', 'removed'] as const

  test.each(
    gone.flatMap((one) => [...gone, 'active' as const, 'unknown' as const].map((other) => [one, other] as const)),
  )('G6 who is %s to a side that is %s to it is told so, and neither side shows anything', async (ofAlice, ofBob) => {
    const [atAlice, atBob] = [new TestDoor({ [bob]: ofBob }), new TestDoor({ [alice]: ofAlice })]
    const { fromAlice, fromBob, outcome } = await visit(atAlice, atBob)
    expect(outcome).toEqual(REFUSED)
    expect(atAlice.heard).toEqual([ofAlice === 'removed' ? 'removed by carol' : ofAlice])
    expect([fromAlice.length, fromBob.length]).toEqual([1, 1])
    expect([atAlice.shown, atBob.shown]).toEqual([[], []])
  })

  test.each(gone)(
    'G6 whoever dials one that is %s here says so, and lets it in no more than it would be',
    async (ofBob) => {
      const [atAlice, atBob] = [new TestDoor({ [bob]: ofBob }), new TestDoor({ [alice]: 'active' })]
      expect((await visit(atAlice, atBob)).outcome).toEqual(REFUSED)
      expect(atBob.heard).toEqual([ofBob === 'removed' ? 'removed by carol' : ofBob])
      expect(atAlice.heard).toEqual([])
    },
  )

  test('G6 both hear that they are seen as active once they are', async () => {
    const [atAlice, atBob] = [new TestDoor({ [bob]: 'active' }), new TestDoor({ [alice]: 'active' })]
    const { fromAlice, fromBob, outcome } = await visit(atAlice, atBob)
    expect(outcome).toEqual(PASSED)
    expect([atAlice.heard, atBob.heard]).toEqual([['active'], ['active']])
    expect([fromAlice, fromBob]).toEqual([['member,standing'], ['member,standing']])
  })
})

describe('G7 newcomers', () => {
  const newcomer = (type: EntryRequest['type']): TestDoor => {
    const door = new TestDoor()
    door.wants = REQUESTS[type]
    door.nonce = undefined
    return door
  }

  test.each(['join', 'link'] as const)('G7 who asks by %s is let in, and is shown who belongs', async (type) => {
    const [atAlice, atBob] = [newcomer(type), new TestDoor()]
    const { fromAlice, fromBob, outcome } = await visit(atAlice, atBob)
    expect(outcome).toEqual(PASSED)
    expect(atBob.asked).toEqual([REQUESTS[type]])
    expect(atAlice.shown).toEqual([['credentials']])
    expect(atBob.shown).toEqual([])
    expect(fromBob).toEqual(['member,standing', 'credentials', 'shown'])
    expect(fromAlice.at(-1)).toBe('standing')
  })

  test.each(ENTRY_REFUSALS)('G7 who is refused as "%s" hears that and nothing else', async (refusal) => {
    const [atAlice, atBob] = [newcomer('join'), new TestDoor()]
    atBob.refusal = refusal
    const { fromBob, outcome } = await visit(atAlice, atBob)
    expect(outcome).toEqual(REFUSED)
    expect(atAlice.heard).toEqual([`refused: ${refusal}`])
    expect(fromBob).toEqual(['refusal'])
  })

  test('G7 what shows nothing to a newcomer does not let it in, whatever it says', async () => {
    const [atAlice, atBob] = [newcomer('join'), new TestDoor()]
    atBob.frames = [utf8('nothing of worth')]
    expect((await visit(atAlice, atBob)).outcome).toEqual(REFUSED)
    expect(atAlice.heard).toEqual([])
  })

  test('G7 two newcomers let each other in no more than anybody', async () => {
    const [atAlice, atBob] = [newcomer('join'), newcomer('join')]
    atBob.refusal = 'admitter'
    expect((await visit(atAlice, atBob)).outcome).toEqual(REFUSED)
    expect([atAlice.shown, atBob.shown]).toEqual([[], []])
  })
})

describe('G8 credentials', () => {
  test.each([
    ['dialler', new TestDoor({ [bob]: 'active' }), new TestDoor()],
    ['listener', new TestDoor(), new TestDoor({ [alice]: 'active' })],
  ])('G8 a %s that the other does not know shows them and passes', async (who, atAlice, atBob) => {
    const { fromAlice, fromBob, outcome } = await visit(atAlice, atBob)
    expect(outcome).toEqual(PASSED)
    const [shower, looker] = who === 'dialler' ? [fromAlice, fromBob] : [fromBob, fromAlice]
    expect(shower).toEqual(['member,standing', 'credentials', 'shown'])
    expect(looker).toEqual(['member,standing', 'standing'])
  })

  test('G8 of two that do not know each other the dialler shows first, then the listener', async () => {
    const [atAlice, atBob] = [new TestDoor(), new TestDoor()]
    const { outcome } = await visit(atAlice, atBob)
    expect(outcome).toEqual(PASSED)
    expect([atAlice.shown, atBob.shown]).toEqual([[['credentials']], [['credentials']]])
  })

  test('G8 a listener shows nothing to a dialler whose credentials say nothing', async () => {
    const [atAlice, atBob] = [new TestDoor(), new TestDoor()]
    atAlice.frames = [utf8('junk')]
    const { fromBob, outcome } = await visit(atAlice, atBob)
    expect(outcome).toEqual(REFUSED)
    expect(fromBob).toEqual(['member,standing', 'standing'])
  })

  test.each([
    ['removed', 'removed'],
    ['suspended', 'suspended'],
    ['unknown', 'unknown'],
  ] as const)("G8 who is %s gets nobody's name by saying that it knows nobody", async (_, standing) => {
    const atBob = new TestDoor({ [mallory]: standing })
    const atMallory = new TestDoor()
    atMallory.nonce = undefined
    const ends = pipe(mallory, bob)
    expect(await meet(gateOf(mallory, atMallory), gateOf(bob, atBob), ends)).toEqual(REFUSED)
    expect(fieldsOf(ends[1].sent.slice(2)).join()).not.toContain('credentials')
    expect(atMallory.shown).toEqual([])
  })

  test('G9 a member that dials who only knows which swarm it is shows it nothing', async () => {
    const atMallory = new TestDoor()
    const ends = pipe(alice, mallory)
    // it has seen no founding, and makes one up
    atMallory.nonce = new Uint8Array(32)
    expect(await meet(gateOf(alice, new TestDoor()), gateOf(mallory, atMallory), ends)).toEqual(REFUSED)
    expect(fieldsOf(ends[0].sent.slice(2))).toEqual(['member,standing'])
    expect(atMallory.shown).toEqual([])
  })

  test('G9 what one side proved of the founding is no proof of the other side', async () => {
    const ends = pipe(alice, mallory)
    const mirror = ends[1]
    let fromAlice: unknown
    ends[0].tamper = (frame) => {
      fromAlice = decodeCborMap(frame, 20_000)?.get('member') ?? fromAlice
      return frame
    }
    mirror.tamper = (frame) =>
      fieldsOf([frame])[0]?.includes('standing') === true ? changed(frame, { member: fromAlice }) : frame
    const outcome = await meet(gateOf(alice, new TestDoor()), gateOf(mallory, new TestDoor()), ends)
    expect(outcome[0]).toBe('NOT_ADMITTED')
    expect(fieldsOf(ends[0].sent).join()).not.toContain('credentials')
  })
})

describe('G10 what may be shown', () => {
  const megabyte = new Uint8Array(1_000_000)

  /** Bob is shown frames by mallory, who never ends. */
  async function flood(frame: Uint8Array, most: number) {
    const atBob = new TestDoor()
    const atMallory = new TestDoor({ [bob]: 'active' })
    let sent = 0
    atMallory.credentials = async function* () {
      for (; sent < most; sent++) yield frame
    }
    const outcome = await meet(gateOf(mallory, atMallory), gateOf(bob, atBob), pipe(mallory, bob))
    return { outcome, sent, shown: atBob.shown }
  }

  test('G10 at most 16 MiB are looked at', async () => {
    const { outcome, shown } = await flood(megabyte, 40)
    expect(outcome).toEqual(REFUSED)
    expect(shown).toEqual([])
  })

  test('G10 frames without anything in them are counted, too', async () => {
    const { outcome, shown } = await flood(new Uint8Array(), 20_000)
    expect(outcome).toEqual(REFUSED)
    expect(shown).toEqual([])
  })

  test('G10 of all that show something at the same time at most 32 MiB are held, and let go of in the end', async () => {
    const atBob = new TestDoor()
    const gate = gateOf(bob, atBob)
    const stopped = new AbortController()
    /** Shows so much, and then falls silent. */
    const silent = (name: string, megabytes: number): Promise<unknown> => {
      const self = keyOf(name).device
      const ends = pipe(self, bob)
      const door = new TestDoor({ [bob]: 'active' })
      door.credentials = async function* () {
        for (let sent = 0; sent < megabytes; sent++) yield megabyte
        await new Promise(() => undefined)
      }
      void gateOf(self, door)(ends[0], 'dialler', stopped.signal).catch(() => undefined)
      return gate(ends[1], 'listener', stopped.signal).catch((error: unknown) => error)
    }
    const waiting = ['one', 'two', 'three'].map((name) => silent(name, 15))
    await expect(Promise.race(waiting)).resolves.toMatchObject({ message: 'too many show their credentials just now' })
    stopped.abort()
    await Promise.all(waiting)
    const after = new TestDoor({ [bob]: 'active' })
    after.frames = [...Array.from({ length: 15 }, () => megabyte), utf8('credentials')]
    expect(await meet(gateOf(alice, after), gate, pipe(alice, bob))).toEqual(PASSED)
  })

  test('G10 something else than credentials ends the gate', async () => {
    const ends = pipe(alice, bob)
    ends[0].tamper = (frame) =>
      fieldsOf([frame])[0] === 'credentials' ? encodeCbor({ version: 2, credentials: 'text' }) : frame
    const atBob = new TestDoor()
    expect((await visit(new TestDoor({ [bob]: 'active' }), atBob, ends)).outcome).toEqual(REFUSED)
    expect(atBob.shown).toEqual([])
  })
})
