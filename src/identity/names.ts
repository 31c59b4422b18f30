import { utf8 } from '../base/bytes.ts'

export const MAX_NAME_BYTES = 800
/** At four bytes each they stay within MAX_NAME_BYTES. */
const MAX_CUT_SIGNS = 180
/** Control characters and halves of surrogate pairs, which no list can show. */
const UNSHOWABLE = /[\p{Cc}\p{Cs}]+/gu

/** A name of a swarm or a machine as it is shown and kept: one trimmed line within its bound. */
export function toName(text: string): string {
  const line = text.replace(UNSHOWABLE, ' ').trim()
  return utf8(line).length <= MAX_NAME_BYTES ? line : Array.from(line).slice(0, MAX_CUT_SIGNS).join('').trim()
}
