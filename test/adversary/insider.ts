import { randomBytes } from 'node:crypto'

import type { Connection } from '@libp2p/interface'
import { encode } from 'cborg'

import { sha256 } from '../../src/base/hash.ts'
import { decodeAct, encodeAct, requestJoin } from '../../src/identity/roster/index.ts'
import type { SealedHeader } from '../../src/journal/header.ts'
import { sealHeader } from '../../src/journal/header.ts'
import { decodeAnswer } from '../../src/journal/protocol.ts'
import type { DeviceKey } from '../../src/identity/index.ts'
import { ADDRESSES, Adversary, ALIVE, GATE, GOSSIP, SYNC } from './adversary.ts'
import type { Fields } from './gate-by-hand.ts'
import { passByHand } from './gate-by-hand.ts'
import type { Victims } from './victims.ts'
import type { Wire } from './wire.ts'

export const MEMBERS = 0
export const DATA = 1

/** An entry as bytes, signed by whoever is said to sign it. */
export interface Forged {
  readonly header: SealedHeader
  readonly signature: Uint8Array
  readonly body: Uint8Array
}

/** A member that speaks by hand: let in by an invite as anybody, and then up to no good. */
export class Insider {
  readonly adversary: Adversary
  readonly space: Uint8Array
  readonly connection: Connection
  readonly sync: Wire
  readonly gossip: Wire
  readonly addresses: Wire
  readonly shown: readonly Uint8Array[]
  readonly #beating: NodeJS.Timeout
  /** What it answers when it is asked for a journal. */
  onPull: (question: Uint8Array) => Uint8Array | undefined = () => undefined
  /** The stream over which the victim asks. */
  asked: Wire | undefined

  private constructor(parts: {
    readonly adversary: Adversary
    readonly space: Uint8Array
    readonly connection: Connection
    readonly wires: Readonly<Record<'sync' | 'gossip' | 'addresses' | 'alive', Wire>>
    readonly shown: readonly Uint8Array[]
  }) {
    const { adversary, connection, shown, space, wires } = parts
    this.adversary = adversary
    this.space = space
    this.connection = connection
    this.shown = shown
    this.sync = wires.sync
    this.gossip = wires.gossip
    this.addresses = wires.addresses
    const beat = new Uint8Array(24)
    this.#beating = setInterval(() => void wires.alive.send(beat), 500)
  }

  static async join(victims: Victims): Promise<Insider> {
    const adversary = await Adversary.start()
    const { grant, seed, space } = await victims.invite()
    const { key } = adversary
    const join = requestJoin({ space, grant, seed, key, person: 'mallory', machine: 'mallory' })
    const act = encodeAct({ kind: 'person.admit', id: new Uint8Array(16), ...join })
    return await Insider.enter(victims, adversary, { standing: 'unknown', join: act })
  }

  static async enter(victims: Victims, adversary: Adversary, word: Fields): Promise<Insider> {
    const { address, alice, space } = victims
    let insider: Insider | undefined
    let asked: Wire | undefined
    await adversary.node.unhandle([SYNC, GOSSIP])
    await adversary.serve(GOSSIP, () => undefined)
    await adversary.serve(SYNC, (wire) => {
      asked = wire
      if (insider !== undefined) insider.asked = wire
      void (async () => {
        for (let question = await wire.next(60_000); question !== undefined; question = await wire.next(60_000)) {
          const isPull = question[1] === PULL
          await wire.send((isPull ? insider?.onPull(question) : undefined) ?? nothingFor(question[1]))
        }
      })()
    })
    const connection = await adversary.dial(address)
    const gate = await adversary.open(connection, GATE)
    const { answer, passed, shown } = await passByHand(gate, {
      space,
      self: adversary.key.device,
      peer: alice.device,
      word,
    })
    if (!passed) throw new Error(`not let in: ${String(answer?.['standing'] ?? answer?.['refusal'])}`)
    const [alive, addresses, sync, gossip] = await Promise.all(
      [ALIVE, ADDRESSES, SYNC, GOSSIP].map((protocol) => adversary.open(connection, protocol)),
    )
    if (alive === undefined || addresses === undefined || sync === undefined || gossip === undefined)
      throw new Error('a protocol is not served')
    insider = new Insider({ adversary, space, connection, wires: { alive, addresses, sync, gossip }, shown })
    insider.asked = asked
    return insider
  }

  stop(): void {
    clearInterval(this.#beating)
  }

  /** The nonce that only those know who were shown who belongs. */
  get founding(): Uint8Array {
    for (const frame of this.shown) {
      const answer = decodeAnswer(frame)
      for (const item of answer.type === 'batch' ? answer.items : []) {
        const act = item.type === 'entry' ? decodeAct('swarm.found', item.entry.body) : undefined
        if (act?.kind === 'swarm.found') return act.nonce
      }
    }
    throw new Error('no founder was shown')
  }

  get isConnected(): boolean {
    return this.connection.status === 'open'
  }

  /** An entry in a journal of `key`'s, where nothing else is said. */
  entry(
    body: Uint8Array,
    options: {
      readonly kind: string
      readonly key?: DeviceKey
      readonly signer?: DeviceKey
      readonly journal?: typeof MEMBERS | typeof DATA
      readonly incarnation?: Uint8Array
      readonly after?: SealedHeader
    },
  ): Forged {
    const { after, incarnation = new Uint8Array(8), journal = DATA, key = this.adversary.key, kind } = options
    const header = sealHeader({
      space: this.space,
      journal: { device: key.publicKey, incarnation, kind: journal },
      sequence: (after?.sequence ?? 0) + 1,
      previous: after?.hash ?? new Uint8Array(0),
      seen: [],
      lamport: (after?.lamport ?? 0) + 1,
      time: Date.now(),
      kind,
      bodyHash: sha256(body),
      bodySize: body.length,
      blobs: [],
      supersedes: [],
    })
    return { header, body, signature: (options.signer ?? key).sign(header.bytes) }
  }

  /** As a batch that answers a pull. */
  batch(entries: readonly Forged[], more = false): Uint8Array {
    return encode([13, [], entries.map(({ body, header, signature }) => [header.bytes, signature, body]), more])
  }

  /** Says that journals have got so far, to be asked for them. */
  async advance(heads: readonly SealedHeader[]): Promise<void> {
    const items = heads.map(({ hash, journal, sequence }) => [
      journal.device,
      journal.incarnation,
      journal.kind,
      sequence,
      hash,
    ])
    await this.asked?.send(encode([16, items]))
  }
}

export const anyDevice = (): Uint8Array => randomBytes(32)

const PULL = 2

/** That it has what the other has, and nothing more: to each question by its number. */
function nothingFor(question: number | undefined): Uint8Array {
  const answers: Readonly<Record<number, unknown>> = {
    0: [10, false],
    1: [12, [], false],
    2: [13, [], [], false],
    3: [14, null],
    4: [15, []],
  }
  return encode(answers[question ?? 0])
}
