import { decodeCborMap, encodeCbor, readText, readWhole } from '../../../base/cbor.ts'
import { InvalidInputError } from '../../../base/errors.ts'

/**
 * Asks a member on the internet whether it can connect to ports of the asker, at the address from which it sees the asker
 * and at no other: so nobody can have others knocked at.
 */
export const PROBE_PROTOCOL = '/murmuration/probe/1'

export const MAX_PROBED_PORTS = 4
const MAX_BYTES = 512

export interface ProbeAnswer {
  /** Where the asker's connection comes from. */
  readonly host: string
  readonly open: readonly number[]
}

export function encodeProbe(ports: readonly number[]): Uint8Array {
  return encodeCbor({ ports: ports.slice(0, MAX_PROBED_PORTS) })
}

/** @throws InvalidInputError */
export function decodeProbe(bytes: Uint8Array): readonly number[] {
  return readPorts(decodeCborMap(bytes, MAX_BYTES)?.get('ports'))
}

export function encodeProbeAnswer(answer: ProbeAnswer): Uint8Array {
  return encodeCbor(answer)
}

/** @throws InvalidInputError */
export function decodeProbeAnswer(bytes: Uint8Array): ProbeAnswer {
  const fields = decodeCborMap(bytes, MAX_BYTES)
  const host = readText(fields?.get('host'), 64)
  if (host === undefined) throw new InvalidInputError('that was no answer about a port')
  return { host, open: readPorts(fields?.get('open')) }
}

function readPorts(value: unknown): readonly number[] {
  if (!Array.isArray(value) || value.length > MAX_PROBED_PORTS) throw new InvalidInputError('that was no list of ports')
  return value.flatMap((item) => readWhole(item, 1, 65_535) ?? [])
}
