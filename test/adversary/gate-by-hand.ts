import { createHmac, hkdfSync, randomBytes } from 'node:crypto'

import { decode, encode, rfc8949EncodeOptions } from 'cborg'

import type { Wire } from './wire.ts'

export type Fields = Readonly<Record<string, unknown>>

export const gateFrame = (fields: Fields): Uint8Array =>
  encode({ version: 2, ...fields }, { ...rfc8949EncodeOptions, ignoreUndefinedProperties: true })

export function readFrame(bytes: Uint8Array | undefined): Fields | undefined {
  if (bytes === undefined) return undefined
  try {
    return decode(bytes) as Fields
  } catch {
    return undefined
  }
}

export interface GateOptions {
  /** 32 bytes. */
  readonly space: Uint8Array
  readonly self: string
  readonly peer: string
}

/** The dialler's part of rules G1 to G3. Resolves to how it proves more, or `undefined` where it was not believed. */
export async function proveByHand(
  wire: Wire,
  { peer, self, space }: GateOptions,
): Promise<((use: string, secret: Uint8Array) => Uint8Array) | undefined> {
  const own = randomBytes(32)
  await wire.send(gateFrame({ nonce: own }))
  const theirs = readFrame(await wire.next())?.['nonce']
  if (!(theirs instanceof Uint8Array)) return undefined
  const prove = (use: string, secret: Uint8Array): Uint8Array => {
    const key = Buffer.from(hkdfSync('sha256', secret, space, `murmuration ${use} 2`, 32))
    const hmac = createHmac('sha256', key)
    for (const part of [Uint8Array.of(2), 'dialler', self, peer, own, theirs]) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part
      hmac.update(Uint8Array.of(bytes.length >>> 8, bytes.length & 255)).update(bytes)
    }
    return hmac.digest()
  }
  await wire.send(gateFrame({ proof: prove('gate', space) }))
  const proof = readFrame(await wire.next())?.['proof']
  return proof instanceof Uint8Array ? prove : undefined
}

/** Says the first word and passes, where the other side lets it. Resolves to the answer and what was shown. */
export async function passByHand(
  wire: Wire,
  options: GateOptions & { readonly word: Fields; readonly founding?: Uint8Array },
): Promise<{ readonly answer: Fields | undefined; readonly shown: readonly Uint8Array[]; readonly passed: boolean }> {
  const prove = await proveByHand(wire, options)
  if (prove === undefined) return { answer: undefined, shown: [], passed: false }
  const member = options.founding === undefined ? {} : { member: prove('member', options.founding) }
  await wire.send(gateFrame({ ...options.word, ...member }))
  const answer = readFrame(await wire.next())
  const shown: Uint8Array[] = []
  if (answer?.['standing'] !== 'active') return { answer, shown, passed: false }
  if (options.word['standing'] === 'unknown') {
    for (;;) {
      const frame = readFrame(await wire.next())
      if (frame === undefined) return { answer, shown, passed: false }
      if (frame['shown'] === true) break
      if (frame['credentials'] instanceof Uint8Array) shown.push(frame['credentials'])
    }
    await wire.send(gateFrame({ standing: 'active' }))
  }
  await wire.send(Uint8Array.of(1))
  const verdict = await wire.next()
  return { answer, shown, passed: verdict?.length === 1 && verdict[0] === 1 }
}
