import { Cell } from './cell.ts'

/** Without another sign, somebody has stopped typing. */
const FADES_AFTER_MS = 5000
/** More are not named. */
const MAX_NAMES = 20

/** Who types in a channel right now. */
export class TypingNames {
  readonly names = new Cell<readonly string[]>([])
  readonly #timers = new Map<string, { readonly name: string; readonly timer: ReturnType<typeof setTimeout> }>()

  saw(deviceId: string, name: string): void {
    const known = this.#timers.get(deviceId)
    if (known === undefined && this.#timers.size >= MAX_NAMES) return
    if (known !== undefined) clearTimeout(known.timer)
    this.#timers.set(deviceId, { name, timer: setTimeout(() => this.gone(deviceId), FADES_AFTER_MS) })
    this.#tell()
  }

  gone(deviceId: string): void {
    const known = this.#timers.get(deviceId)
    if (known === undefined) return
    clearTimeout(known.timer)
    this.#timers.delete(deviceId)
    this.#tell()
  }

  clear(): void {
    for (const { timer } of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#tell()
  }

  #tell(): void {
    this.names.set([...this.#timers.values()].map((entry) => entry.name))
  }
}
