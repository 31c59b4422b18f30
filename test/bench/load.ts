import { sharedNow } from './statistics.ts'

export interface LoadOptions {
  /** Names the sender, and the round. */
  readonly mark: string
  readonly count: number
  /** Characters of a message. */
  readonly size: number
  /** Messages a second; as fast as they are taken unless given. */
  readonly rate?: number
  /** Sends that may wait for their acknowledgement at the same time. */
  readonly inFlight: number
}

export interface Sent {
  readonly firstAt: number
  readonly lastAt: number
}

/** Sends messages that say when they were sent. */
export async function sendLoad(options: LoadOptions, send: (text: string) => Promise<unknown>): Promise<Sent> {
  const { count, inFlight, mark, rate, size } = options
  const firstAt = sharedNow()
  let next = 0
  const one = async (): Promise<void> => {
    for (;;) {
      const index = next++
      if (index >= count) return
      if (rate !== undefined) await until(firstAt + (index * 1000) / rate)
      await send(`${mark} ${index} ${sharedNow()} `.padEnd(size, 'abcdefgh '.repeat(8)))
    }
  }
  await Promise.all(Array.from({ length: inFlight }, one))
  return { firstAt, lastAt: sharedNow() }
}

async function until(due: number): Promise<void> {
  const wait = due - sharedNow()
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
}

export interface Received {
  readonly count: number
  readonly lastAt: number
  /** Milliseconds from sending to arrival, one each. */
  readonly latencies: readonly number[]
}

/** Counts what arrives of a round. */
export class Receiver {
  #mark = ''
  #seen = new Set<string>()
  #latencies: number[] = []
  #lastAt = 0
  #waiting: { readonly count: number; readonly done: () => void } | undefined

  /** Only messages whose mark begins so count from now on. */
  begin(mark: string): void {
    this.#mark = mark
    this.#seen = new Set()
    this.#latencies = []
    this.#lastAt = 0
  }

  /** Whether it is of the round and had not come yet. */
  take(text: string): boolean {
    if (this.#mark === '' || !text.startsWith(this.#mark)) return false
    const [mark = '', index = '', sentAt = ''] = text.split(' ', 3)
    const key = `${mark} ${index}`
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    this.#lastAt = sharedNow()
    this.#latencies.push(this.#lastAt - Number(sentAt))
    if (this.#waiting !== undefined && this.#seen.size >= this.#waiting.count) this.#waiting.done()
    return true
  }

  /** Resolves when so many have come, or when the time is over. */
  async end({ count, timeout }: { readonly count: number; readonly timeout: number }): Promise<Received> {
    if (this.#seen.size < count) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, timeout)
        this.#waiting = {
          count,
          done: () => {
            clearTimeout(timer)
            resolve()
          },
        }
      })
      this.#waiting = undefined
    }
    return { count: this.#seen.size, lastAt: this.#lastAt, latencies: this.#latencies }
  }
}
