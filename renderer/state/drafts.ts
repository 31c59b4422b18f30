const KEY = 'murmuration:drafts'
/** Drafts of this many places are kept; the least recently typed go first. */
const MAX_DRAFTS = 50
const SAVE_MS = 250

/** What was typed and not sent, by place (a channel, an edit): survives navigation, reloads and a lost peer. */
export class Drafts {
  readonly #texts = new Map<string, string>()
  #timer: ReturnType<typeof setTimeout> | null = null

  constructor() {
    for (const [place, text] of readStored()) this.#texts.set(place, text)
  }

  get(place: string): string {
    return this.#texts.get(place) ?? ''
  }

  set(place: string, text: string): void {
    this.#texts.delete(place)
    if (text !== '') this.#texts.set(place, text)
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= MAX_DRAFTS) break
      this.#texts.delete(oldest)
    }
    this.#timer ??= setTimeout(() => this.save(), SAVE_MS)
  }

  /** Writes them down at once. */
  save(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    try {
      localStorage.setItem(KEY, JSON.stringify([...this.#texts]))
    } catch {
      // Storage is full or forbidden: the drafts still live as long as the page.
    }
  }
}

function readStored(): [string, string][] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    if (!Array.isArray(stored)) return []
    return stored.filter(
      (pair): pair is [string, string] =>
        Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string',
    )
  } catch {
    return []
  }
}
