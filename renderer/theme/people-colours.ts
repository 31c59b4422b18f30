/**
 * Twelve colours for people and machines, one pair per hue: the first stands on light surfaces, the second on dark ones.
 * Each keeps 4.5 : 1 against the surfaces of its theme, and any two of a theme stay apart for people with
 * deuteranopia and protanopia too (found by search over Machado's 2009 model; test/renderer/people-colours.test.ts holds both).
 */
export const PEOPLE_COLOURS = [
  { light: '#c63963', dark: '#c57784' },
  { light: '#006bd6', dark: '#85caff' },
  { light: '#115f35', dark: '#97eda8' },
  { light: '#5a0b8e', dark: '#9c7ec8' },
  { light: '#704300', dark: '#e5b46c' },
  { light: '#0a7b64', dark: '#8eebd2' },
  { light: '#1d23ed', dark: '#7b87f4' },
  { light: '#846e0b', dark: '#ffd966' },
  { light: '#840b74', dark: '#be93b8' },
  { light: '#567231', dark: '#7d962c' },
  { light: '#0076ad', dark: '#84e8f5' },
  { light: '#5f2611', dark: '#d68c71' },
] as const

const COUNT = PEOPLE_COLOURS.length

/** A number below `COUNT` that depends on the id alone (FNV-1a). */
function preferred(id: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193) >>> 0
  return hash % COUNT
}

/**
 * The colour number of each of these ids. Every page that knows the same machines gives them the same colours;
 * up to twelve of them never share one.
 */
export function assignColours(ids: readonly string[]): ReadonlyMap<string, number> {
  const taken = new Set<number>()
  const result = new Map<string, number>()
  for (const id of [...new Set(ids)].sort()) {
    let number = preferred(id)
    if (taken.size < COUNT) while (taken.has(number)) number = (number + 1) % COUNT
    taken.add(number)
    result.set(id, number)
  }
  return result
}

/** For ids that no list names (a machine that left): the colour that the id alone prefers. */
export function colourOf(colours: ReadonlyMap<string, number>, id: string): number {
  return colours.get(id) ?? preferred(id)
}

/** The CSS value of a colour number; follows the theme by itself. */
export function colourValue(number: number): string {
  return `var(--mm-person-${number % COUNT})`
}

/** The custom properties that `colourValue` names, for one theme. */
export function colourProperties(scheme: 'light' | 'dark'): Record<string, string> {
  return Object.fromEntries(PEOPLE_COLOURS.map((pair, number) => [`--mm-person-${number}`, pair[scheme]]))
}
