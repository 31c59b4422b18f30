const MAX_LENGTH = 200

/** A message in one line without its marks, good enough to recognise it. */
export function plainText(markdown: string): string {
  return markdown
    .slice(0, MAX_LENGTH * 2)
    .replace(/```[^\n]*\n?/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__|~~|`)/g, '')
    .replace(/^\s*(?:#{1,6}|>|[-*+])\s+/gm, '')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_LENGTH)
}
