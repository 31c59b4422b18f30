const INVITE = /murmuration:\/\/join\/\S+/i

/** The invite in what was pasted, also from the middle of a sentence or with line breaks in it; null where there is none. */
export function inviteIn(text: string): string | null {
  const found = INVITE.exec(text) ?? INVITE.exec(text.replace(/\s+/g, ''))
  return found === null ? null : found[0].replace(/[>)\]"'”’.,;]+$/u, '')
}
