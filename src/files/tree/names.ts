import { utf8 } from '../../base/bytes.ts'
import { MAX_NAME_BYTES, NAME_KEY_BYTES } from '../constants.ts'

const LONE_SURROGATE = /\p{Cs}/u

/**
 * What a file or folder may be called: whatever the least strict file system takes. What a stricter one can't write down is
 * for whoever writes there.
 */
export function isFileName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.length > MAX_NAME_BYTES) return false
  if (name.includes('/') || name.includes('\0') || LONE_SURROGATE.test(name)) return false
  return Buffer.byteLength(name) <= MAX_NAME_BYTES
}

/** What counts as the same name to a person: as on macOS and Windows, letter case and ways of writing accents aside. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase().normalize('NFC')
}

/** A folded name as part of a key, of bounded length. */
export function nameKey(folded: string): Uint8Array {
  return utf8(folded).subarray(0, NAME_KEY_BYTES)
}

/** The name without its ending, and the ending with its dot: `.profile` and `a.` have none. */
export function splitEnding(name: string): readonly [stem: string, ending: string] {
  const dot = name.lastIndexOf('.')
  return dot <= 0 || dot === name.length - 1 ? [name, ''] : [name.slice(0, dot), name.slice(dot)]
}

/** `report.txt` and `bob’s laptop, 24 Nov` → `report (bob’s laptop, 24 Nov).txt`, shortened in the middle to what a name may have. */
export function noteInName(name: string, note: string): string {
  const [stem, ending] = splitEnding(name)
  const clean = note.replaceAll(/[/\0]/g, '-')
  let kept = [...stem]
  for (;;) {
    const whole = `${kept.join('')} (${clean})${ending}`
    if (kept.length <= 1 || Buffer.byteLength(whole) <= MAX_NAME_BYTES) return whole
    kept = kept.slice(0, -1)
  }
}
