import type { Notice } from '../api/contract/index.ts'
import type { Clock } from '../base/clock.ts'

/** Shown at once; older ones give way. */
const MAX_NOTICES = 20

/** What wants a person's attention, one per code, the latest first. */
export class Notices {
  readonly #clock: Clock
  readonly #byCode = new Map<string, Notice>()
  readonly #onChange: () => void

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock
    this.#onChange = onChange
  }

  add(notice: Omit<Notice, 'at'>): void {
    this.#byCode.delete(notice.code)
    this.#byCode.set(notice.code, { ...notice, at: this.#clock.now() })
    for (const code of this.#byCode.keys()) {
      if (this.#byCode.size <= MAX_NOTICES) break
      this.#byCode.delete(code)
    }
    this.#onChange()
  }

  withdraw(code: string): void {
    if (this.#byCode.delete(code)) this.#onChange()
  }

  /** Worst first, then newest. */
  get all(): readonly Notice[] {
    const rank = { danger: 0, warning: 1, info: 2 }
    return [...this.#byCode.values()].sort((a, b) => rank[a.level] - rank[b.level] || b.at - a.at)
  }
}
