export const LINK_SCHEME = 'murmuration'

/** Longer ones are no link of ours: an invite with a dozen addresses takes a tenth of it. */
const MAX_LINK_LENGTH = 8192

/** The first `murmuration://` link among a program's arguments, as Windows and Linux pass it. */
export function linkIn(argv: readonly string[]): string | undefined {
  return argv.find(isLink)
}

export function isLink(text: string): boolean {
  return text.length <= MAX_LINK_LENGTH && text.toLowerCase().startsWith(`${LINK_SCHEME}://`)
}
