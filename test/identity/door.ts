import { fromUtf8, utf8 } from '../../src/base/bytes.ts'
import type { DeviceId } from '../../src/base/ids.ts'
import type { Door, GateStanding, Seen } from '../../src/identity/index.ts'
import type { EntryRefusal, EntryRequest } from '../../src/identity/roster/index.ts'

export const FOUNDING = new Uint8Array(32).fill(5)

/** A peer as the gate sees it: who is known in which standing, and what the gate told and asked. */
export class TestDoor implements Door {
  readonly standings: Map<DeviceId, GateStanding>
  readonly asked: EntryRequest[] = []
  readonly shown: string[][] = []
  readonly heard: string[] = []
  /** Newcomers are let in unless this says why not. */
  refusal: EntryRefusal | undefined
  wants: EntryRequest | undefined
  nonce: Uint8Array | undefined = FOUNDING
  frames: readonly Uint8Array[]

  constructor(standings: Readonly<Record<DeviceId, GateStanding>> = {}) {
    this.standings = new Map(Object.entries(standings) as [DeviceId, GateStanding][])
    this.frames = [utf8('credentials')]
  }

  see(device: DeviceId): Seen {
    const standing = this.standings.get(device) ?? 'unknown'
    return standing === 'removed' ? { standing, by: 'carol', at: 1_700_000_000_000 } : { standing }
  }

  request(): EntryRequest | undefined {
    return this.wants
  }

  async answer(request: EntryRequest, from: DeviceId): Promise<EntryRefusal | undefined> {
    this.asked.push(request)
    if (this.refusal === undefined) this.standings.set(from, 'active')
    return this.refusal
  }

  founding(): Uint8Array | undefined {
    return this.nonce
  }

  async *credentials(): AsyncGenerator<Uint8Array> {
    yield* this.frames
  }

  /** Honest credentials are those that say so. */
  async accept(credentials: readonly Uint8Array[], from: DeviceId): Promise<void> {
    const texts = credentials.map(fromUtf8)
    this.shown.push(texts)
    if (texts.includes('credentials')) this.standings.set(from, 'active')
  }

  told({ by, standing }: Seen): void {
    this.heard.push(by === undefined ? standing : `${standing} by ${by}`)
  }

  refused(refusal: EntryRefusal): void {
    this.heard.push(`refused: ${refusal}`)
  }

  outdated(which: 'this' | 'other'): void {
    this.heard.push(`outdated: ${which}`)
  }
}
