/** Hosts that are remembered; the latest count. */
const MAX_HOSTS = 256

/** How often somebody at a host opened a TCP connection to this peer, whatever became of it. */
export class Knocks {
  readonly #counts = new Map<string, number>()

  note(host: string): void {
    const count = this.from(host) + 1
    this.#counts.delete(host)
    this.#counts.set(host, count)
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > MAX_HOSTS && oldest !== undefined) this.#counts.delete(oldest)
  }

  from(host: string): number {
    return this.#counts.get(host) ?? 0
  }
}
