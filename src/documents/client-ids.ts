import { concatBytes, fromHex, utf8 } from '../base/bytes.ts'
import { sha256 } from '../base/hash.ts'
import type { DeviceId, DocumentId, SpaceId } from '../base/ids.ts'
import type { Random } from '../base/random.ts'

/** One editor session of a device: what a Yjs client id stands for. */
export interface SessionName {
  /** 16 hex digits. */
  readonly incarnation: string
  /**
   * 32 bits, drawn at random for each session: so that neither a restart, nor a restored backup, nor a copied folder
   * ever gives out the same one again.
   */
  readonly number: number
}

export const MAX_SESSION_NUMBER = 2 ** 32 - 1

export function newSession(incarnation: string, random: Random): SessionName {
  return { incarnation, number: random.below(MAX_SESSION_NUMBER + 1) }
}

/**
 * The Yjs client id of a session: 53 bits of SHA-256 over everything that makes it this one. Whoever reads an entry
 * derives it from the entry's device, so that nobody can write structs under another's id.
 */
export class ClientIds {
  readonly #space: Uint8Array
  /** Ids that were derived: one author's entries need the same one again and again. */
  readonly #known = new Map<string, number>()

  constructor(space: SpaceId) {
    this.#space = utf8(space)
  }

  of(document: DocumentId, device: DeviceId, session: SessionName): number {
    const name = `${document} ${device} ${session.incarnation} ${session.number}`
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const id = this.#derive(document, device, session)
    if (this.#known.size >= MAX_KNOWN) this.#known.clear()
    this.#known.set(name, id)
    return id
  }

  #derive(document: DocumentId, device: DeviceId, session: SessionName): number {
    const number = new Uint8Array(4)
    new DataView(number.buffer).setUint32(0, session.number)
    // Every part has a fixed length (a device's spelling has 52 characters): so no two readings of the bytes.
    const digest = sha256(
      concatBytes(DOMAIN, this.#space, utf8(document), utf8(device), fromHex(session.incarnation), number),
    )
    const view = new DataView(digest.buffer, digest.byteOffset)
    return (view.getUint32(0) & 0x1fffff) * 2 ** 32 + view.getUint32(4)
  }
}

const MAX_KNOWN = 4096
const DOMAIN = utf8('murmuration document client\0')
