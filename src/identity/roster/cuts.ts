import { bytesEqual, compareBytes, concatBytes, fromHex, toHex } from '../../base/bytes.ts'
import { readBytes, readWhole } from '../../base/cbor.ts'
import type { DeviceId } from '../../base/ids.ts'
import { publicKeyOf } from '../device-key.ts'
import { MAX_CUTS } from './constants.ts'
import { readDevice } from './read-device.ts'

/** Up to where one journal counts: the last entry that does, by sequence and hash. */
export interface Cut {
  readonly device: DeviceId
  /** 16 hex digits. */
  readonly incarnation: string
  readonly journal: 'members' | 'data'
  /** From 1. */
  readonly sequence: number
  /** SHA-256 of the header, 32 bytes. */
  readonly hash: Uint8Array
}

/** Which journal, as far as cuts tell them apart. */
export type JournalName = Pick<Cut, 'device' | 'incarnation' | 'journal'>

/** The cut of a journal; a journal without one counts nothing. */
export function cutOf(cuts: readonly Cut[], { device, incarnation, journal }: JournalName): Cut | undefined {
  return cuts.find((cut) => cut.device === device && cut.incarnation === incarnation && cut.journal === journal)
}

const codeOf = (journal: Cut['journal']): number => (journal === 'members' ? 0 : 1)

const nameBytes = (cut: JournalName): Uint8Array =>
  concatBytes(publicKeyOf(cut.device), fromHex(cut.incarnation), Uint8Array.of(codeOf(cut.journal)))

/** In the one order that bodies have them. */
export function sortCuts(cuts: readonly Cut[]): readonly Cut[] {
  return [...cuts].sort((a, b) => compareBytes(nameBytes(a), nameBytes(b)))
}

export function writeCuts(cuts: readonly Cut[]): unknown {
  return sortCuts(cuts).map((cut) => [
    publicKeyOf(cut.device),
    fromHex(cut.incarnation),
    codeOf(cut.journal),
    cut.sequence,
    cut.hash,
  ])
}

/** Ascending, each journal once, or `undefined`. */
export function readCuts(value: unknown): readonly Cut[] | undefined {
  if (!Array.isArray(value) || value.length > MAX_CUTS) return undefined
  const cuts: Cut[] = []
  for (const item of value) {
    const cut = readCut(item)
    const last = cuts.at(-1)
    if (cut === undefined) return undefined
    if (last !== undefined && compareBytes(nameBytes(last), nameBytes(cut)) >= 0) return undefined
    cuts.push(cut)
  }
  return cuts
}

function readCut(value: unknown): Cut | undefined {
  if (!Array.isArray(value) || value.length !== 5) return undefined
  const device = readDevice(value[0])
  const incarnation = readBytes(value[1], 8)
  const code = readWhole(value[2], 0, 1)
  const sequence = readWhole(value[3], 1, Number.MAX_SAFE_INTEGER)
  const hash = readBytes(value[4], 32)
  if (device === undefined || incarnation === undefined || code === undefined) return undefined
  if (sequence === undefined || hash === undefined) return undefined
  return { device, incarnation: toHex(incarnation), journal: code === 0 ? 'members' : 'data', sequence, hash }
}

/** Where an entry stands in its journal. */
export interface Place extends JournalName {
  readonly sequence: number
  /** 32 bytes; empty where it is not known any more: then the entry is taken to be the one that a cut names there. */
  readonly hash: Uint8Array
  /**
   * The hashes at a later sequence on the ways that go on from the entry, as far as they are held: tells the branches of a
   * forked journal apart. Where it names none, whatever stands before the cut is taken to lead to it.
   */
  readonly hashesAt?: (sequence: number) => readonly Uint8Array[]
}

/** Whether an entry stands at its journal's cut or leads to it. */
export function isWithinCuts(cuts: readonly Cut[], place: Place): boolean {
  const cut = cutOf(cuts, place)
  if (cut === undefined || place.sequence > cut.sequence) return false
  const there = place.sequence === cut.sequence ? [place.hash] : (place.hashesAt?.(cut.sequence) ?? [])
  const known = there.filter((hash) => hash.length > 0)
  return known.length === 0 || known.some((hash) => bytesEqual(hash, cut.hash))
}
