/** 'bob’s laptop' -> 'BL', 'nas' -> 'NA', 'desk-12' -> 'D12' */
export function initials(name: string): string {
  const words = name.split(/[\s\-_.]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word))
  const [first, second] = words
  if (first === undefined) return '?'
  const short =
    second === undefined
      ? letters(first).slice(0, 2).join('')
      : firstLetter(first) + (/^\d{1,2}$/.test(second) ? second : firstLetter(second))
  return short.toLocaleUpperCase()
}

function firstLetter(word: string): string {
  return letters(word)[0] ?? ''
}

const segmenter = new Intl.Segmenter()

/** What people take for single letters. */
function letters(word: string): readonly string[] {
  return Array.from(segmenter.segment(word), ({ segment }) => segment)
}
