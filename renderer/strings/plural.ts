import { formatCount } from '../format/numbers.ts'

/** '1 machine', '5 machines', '1,234 changes': the number grouped, the noun in its form. */
export function counted(count: number, one: string, other: string): string {
  return `${formatCount(count)} ${count === 1 ? one : other}`
}

/** 'alice', 'alice and bob', 'alice, bob and carol'; beyond `most`, 'alice, bob and 3 others'. */
export function listed(names: readonly string[], most = 3): string {
  return joined(names, 'and', most)
}

/** 'alice', 'alice or bob', 'alice, bob or 3 others'. */
export function oneOf(names: readonly string[], most = 3): string {
  return joined(names, 'or', most)
}

function joined(names: readonly string[], word: string, most: number): string {
  if (names.length <= 1) return names[0] ?? ''
  if (names.length <= most) return `${names.slice(0, -1).join(', ')} ${word} ${names.at(-1) ?? ''}`
  const shown = names.slice(0, most - 1)
  return `${shown.join(', ')} ${word} ${counted(names.length - shown.length, 'other', 'others')}`
}
