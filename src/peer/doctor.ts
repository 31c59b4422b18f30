import type { Connection, DoctorMember, DoctorReport } from '../api/contract/index.ts'
import { EMPTY_BYTES } from '../base/bytes.ts'
import { decodeCborMap, encodeCbor, readText, readWhole } from '../base/cbor.ts'
import type { Clock } from '../base/clock.ts'
import { deadline } from '../base/deadline.ts'
import type { DeviceId } from '../base/ids.ts'
import type { Startable } from '../base/lifecycle.ts'
import { DisposableStore } from '../base/lifecycle.ts'
import type { MessageStream, MissingPeer, Network } from '../network/network.ts'
import { presentConnection } from './status.ts'

const PROTOCOL = '/murmuration/doctor/1'
const ANSWER_MS = 3_000
const MAX_ANSWER_BYTES = 8192
const MAX_ADDRESSES = 16
const ROUTES = ['local', 'lan', 'internet', 'punched', 'relayed'] as const

interface Patient {
  readonly device: DeviceId
  readonly name: string
}

export interface DoctorInputs {
  readonly self: DeviceId
  readonly machineName: string
  readonly members: readonly Patient[]
  readonly lastSeen: ReadonlyMap<DeviceId, number>
}

/** Says how this machine and each other one reach each other, or why they do not, from both sides where both can be asked. */
export class Doctor implements Startable {
  readonly #network: Network
  readonly #names: { nameOf(device: DeviceId): string }
  readonly #clock: Clock
  #disposables = new DisposableStore()

  constructor(options: {
    readonly network: Network
    readonly names: { nameOf(device: DeviceId): string }
    readonly clock: Clock
  }) {
    this.#network = options.network
    this.#names = options.names
    this.#clock = options.clock
  }

  async start(): Promise<void> {
    this.#disposables = new DisposableStore()
    this.#disposables.add(this.#network.handle(PROTOCOL, async (stream) => await this.#answer(stream)))
  }

  async stop(): Promise<void> {
    this.#disposables.dispose()
  }

  async report(inputs: DoctorInputs): Promise<DoctorReport> {
    const reach = this.#network.reach()
    const missing = new Map(reach.missing.map((peer) => [peer.device, peer]))
    return {
      self: {
        deviceId: inputs.self,
        name: inputs.machineName,
        addresses: reach.addresses,
        reachability: reach.reachability,
        upnp: reach.upnp,
        mdns: reach.mdns,
        relays: reach.relays.map((device) => ({ deviceId: device, name: this.#names.nameOf(device) })),
        relaysFor: reach.relaying.on ? reach.relaying.members : null,
      },
      members: await Promise.all(
        inputs.members.map((member) => this.#examine(member, missing.get(member.device), inputs)),
      ),
    }
  }

  async #examine(member: Patient, missing: MissingPeer | undefined, inputs: DoctorInputs): Promise<DoctorMember> {
    const peer = this.#network.peers().find(({ device }) => device === member.device)
    const connection = peer === undefined ? null : presentConnection(peer)
    const seen = {
      deviceId: member.device,
      name: member.name,
      connection,
      lastSeen: connection === null ? (inputs.lastSeen.get(member.device) ?? null) : this.#clock.now(),
      tried: missing?.failures ?? [],
      nextTry: missing?.nextTryAt ?? null,
      theirView: connection === null ? null : await this.#ask(member.device),
    }
    return { ...seen, verdict: verdictOf(seen, (device) => this.#names.nameOf(device as DeviceId)) }
  }

  async #ask(device: DeviceId): Promise<DoctorMember['theirView']> {
    const limit = deadline(this.#clock, ANSWER_MS, { signal: undefined, message: 'no answer' })
    try {
      const stream = await this.#network.openStream(device, PROTOCOL, { signal: limit.signal })
      limit.signal.addEventListener('abort', () => stream.abort(new Error('no answer')), { once: true })
      await stream.send(EMPTY_BYTES)
      for await (const frame of stream) {
        stream.abort(new Error('answered'))
        return readView(frame)
      }
    } catch {
      // It went away, or speaks an older version: there is nothing to show of its view.
    } finally {
      limit.dispose()
    }
    return null
  }

  /** Once it is asked: what is said over a stream before whoever opened it has spoken may be lost. */
  async #answer(stream: MessageStream): Promise<void> {
    const asked = await stream[Symbol.asyncIterator]().next()
    if (asked.done === true) return
    const peer = this.#network.peers().find(({ device }) => device === stream.peer)
    const connection = peer === undefined ? null : presentConnection(peer)
    await stream.send(
      encodeCbor({
        ...connection,
        ...(connection?.roundTrip == null ? { roundTrip: undefined } : { roundTrip: Math.round(connection.roundTrip) }),
        relayedBy: connection?.relayedBy ?? undefined,
        addresses: this.#network.addresses().slice(0, MAX_ADDRESSES),
      }),
    )
    await stream.close()
  }
}

function readView(frame: Uint8Array): DoctorMember['theirView'] {
  const fields = decodeCborMap(frame, MAX_ANSWER_BYTES)
  const given: unknown = fields?.get('addresses')
  if (!Array.isArray(given) || given.length > MAX_ADDRESSES) return null
  const addresses = given.flatMap((address) => readText(address, 512) ?? [])
  const route = ROUTES.find((name) => name === fields?.get('route'))
  const address = readText(fields?.get('address'), 512)
  const since = readWhole(fields?.get('since'), 0, Number.MAX_SAFE_INTEGER)
  if (route === undefined || address === undefined || since === undefined) return { connection: null, addresses }
  const connection: Connection = {
    route,
    address,
    relayedBy: readText(fields?.get('relayedBy'), 128) ?? null,
    since,
    roundTrip: readWhole(fields?.get('roundTrip'), 0, 3_600_000) ?? null,
  }
  return { connection, addresses }
}

/** In a sentence: how it stands, and what to do. */
export function verdictOf(
  member: Pick<DoctorMember, 'name' | 'connection' | 'lastSeen' | 'tried'>,
  nameOf: (device: string) => string,
): string {
  const { connection, lastSeen, name, tried } = member
  switch (connection?.route) {
    case 'local':
      return `${name} runs on this very machine.`
    case 'lan':
      return `${name} is connected over the local network.`
    case 'internet':
      return `${name} is connected directly over the internet.`
    case 'punched':
      return `${name} is connected directly, through both routers.`
    case 'relayed': {
      const relay = connection.relayedBy === null ? 'another machine' : nameOf(connection.relayedBy)
      return `${name} is connected through ${relay}. Everything works; it is only slower while the routers in between allow no direct way.`
    }
    case undefined:
      if (tried.length === 0 && lastSeen === null)
        return `Where ${name} is has not been heard yet. It is found once it is on and some member reaches it.`
      if (tried.length === 0) return `${name} is not connected, and is not looked for now: others are connected to it.`
      if (tried.every(({ reason }) => /refused|no answer|timed out|unreachable/i.test(reason)))
        return `${name} does not answer where it was last. It is off, or its network changed. It is dialled again and again; if it is on, see what its own connection page says.`
      return `${name} could not be reached: ${tried[0]?.reason ?? ''}.`
  }
}
