const INVITE = /murmuration:\/\/join\/\S+/i

/** The invite in what was pasted, also from the middle of a sentence; null where there is none. */
export function inviteIn(text: string): string | null {
  // Mail programs break long lines: then the link is all that was pasted, in several pieces.
  const whole = /^\s*murmuration:/i.test(text) ? text.replace(/\s+/g, '') : text
  const found = INVITE.exec(whole)
  return found === null ? null : found[0].replace(/[>)\]"'”’.,;]+$/u, '')
}
