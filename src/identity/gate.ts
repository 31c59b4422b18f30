import { decodeCborMap, encodeCbor, readBytes, readWhole } from '../base/cbor.ts'
import { utf8 } from '../base/bytes.ts'
import type { DeviceId, SpaceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'
import { SecretNotProvenError } from './errors.ts'
import { orAborted } from './or-aborted.ts'
import { isProof, proofOf } from './swarm-secret.ts'

const VERSION = 1
const NONCE_BYTES = 32
const MAX_FRAME_BYTES = 256

/** The part of a network stream that the gate needs. */
export interface GateStream {
  readonly peer: DeviceId
  send(frame: Uint8Array): Promise<void>
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array>
}

export type SwarmGate = (stream: GateStream, side: 'dialler' | 'listener', signal: AbortSignal) => Promise<void>

export interface SwarmGateOptions {
  readonly space: SpaceId
  /** 32 bytes. */
  readonly secret: Uint8Array
  /** This device. */
  readonly device: DeviceId
  readonly random: Random
}

/**
 * Both sides of a fresh connection prove that they know the swarm's secret, which never crosses the wire.
 *
 * The dialler sends a nonce, the listener answers with its own, the dialler proves, the listener proves. The listener
 * says nothing that depends on the secret before the dialler has proved that it knows it, so a stranger learns nothing
 * to guess at. Proofs cover version, both devices (which the transport has authenticated), both nonces and the side.
 *
 * @throws SecretNotProvenError; when the signal fires first its reason where that has a name, otherwise AbortedError
 */
export function createSwarmGate(options: SwarmGateOptions): SwarmGate {
  const { device, random, secret, space } = options

  const proof = (
    side: 'dialler' | 'listener',
    devices: readonly [DeviceId, DeviceId],
    nonces: readonly Uint8Array[],
  ): Uint8Array =>
    proofOf(secret, space, 'gate', Uint8Array.of(VERSION), utf8(side), utf8(devices[0]), utf8(devices[1]), ...nonces)

  return async (stream, side, signal) => {
    const frames = stream[Symbol.asyncIterator]()
    const own = random.bytes(NONCE_BYTES)
    const receive = async (field: 'nonce' | 'proof'): Promise<Uint8Array> => {
      const { done, value } = await orAborted(frames.next(), signal)
      if (done === true)
        throw new SecretNotProvenError('the machine hung up: it belongs to another swarm, or knows another secret')
      return readFrame(value, field)
    }
    const send = async (frame: Uint8Array): Promise<void> => {
      await orAborted(stream.send(frame), signal)
    }
    if (side === 'dialler') {
      const devices = [device, stream.peer] as const
      await send(encodeCbor({ version: VERSION, nonce: own }))
      const nonces = [own, await receive('nonce')]
      await send(encodeCbor({ version: VERSION, proof: proof('dialler', devices, nonces) }))
      requireProof(await receive('proof'), proof('listener', devices, nonces))
    } else {
      const devices = [stream.peer, device] as const
      const nonces = [await receive('nonce'), own]
      await send(encodeCbor({ version: VERSION, nonce: own }))
      requireProof(await receive('proof'), proof('dialler', devices, nonces))
      await send(encodeCbor({ version: VERSION, proof: proof('listener', devices, nonces) }))
    }
  }
}

function requireProof(given: Uint8Array, expected: Uint8Array): void {
  if (!isProof(given, expected)) throw new SecretNotProvenError()
}

function readFrame(frame: Uint8Array, field: 'nonce' | 'proof'): Uint8Array {
  const fields = decodeCborMap(frame, MAX_FRAME_BYTES)
  const version = readWhole(fields?.get('version'), 1, 1_000_000)
  if (version !== undefined && version > VERSION) {
    throw new SecretNotProvenError('the machine speaks a newer version: update Murmuration here')
  }
  const value = readBytes(fields?.get(field), NONCE_BYTES)
  if (version !== VERSION || value === undefined)
    throw new SecretNotProvenError('the machine does not speak as a member does')
  return value
}
