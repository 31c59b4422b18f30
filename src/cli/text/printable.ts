/**
 * What other people wrote, safe to show on a terminal: control characters (escape sequences begin with one) and those that
 * turn the direction of writing are shown as a mark instead of being obeyed. Line ends and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(/(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}

/** The same on one line, for names and titles. */
export function printableLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').trim()
}
