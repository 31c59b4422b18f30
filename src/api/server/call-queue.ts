import { MurmurationError } from '../../base/errors.ts'
import { MAX_CALL_BYTES, MAX_RUNNING_CALLS, MAX_WAITING_CALLS } from './constants.ts'

export class BusyError extends MurmurationError {
  constructor() {
    super('BUSY', 'More was asked of the peer at once than it takes on. Ask again when some of it is done.')
  }
}

interface Call {
  readonly id: number
  readonly bytes: number
  readonly controller: AbortController
  readonly run: (signal: AbortSignal) => Promise<void>
}

/** The calls of one connection: begun in the order in which they came, a bounded number at once. */
export class CallQueue {
  readonly #calls = new Map<number, Call>()
  readonly #waiting: Call[] = []
  readonly #mayBegin: () => boolean
  #running = 0
  #bytes = 0

  constructor(mayBegin: () => boolean) {
    this.#mayBegin = mayBegin
  }

  has(id: number): boolean {
    return this.#calls.has(id)
  }

  /**
   * `run` never rejects.
   * @throws BusyError
   */
  add(id: number, bytes: number, run: (signal: AbortSignal) => Promise<void>): void {
    if (this.#waiting.length >= MAX_WAITING_CALLS || this.#bytes + bytes > MAX_CALL_BYTES) throw new BusyError()
    const call: Call = { id, bytes, controller: new AbortController(), run }
    this.#calls.set(id, call)
    this.#bytes += bytes
    this.#waiting.push(call)
    this.beginMore()
  }

  /** The caller gave up: a waiting call never begins, a running one is told. */
  cancel(id: number): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    call.controller.abort()
    const index = this.#waiting.indexOf(call)
    if (index === -1) return
    this.#waiting.splice(index, 1)
    this.#forget(call)
  }

  /** To be called whenever `mayBegin` may have come true. */
  beginMore(): void {
    while (this.#running < MAX_RUNNING_CALLS && this.#mayBegin()) {
      const call = this.#waiting.shift()
      if (call === undefined) return
      this.#running++
      void call.run(call.controller.signal).then(() => {
        this.#running--
        this.#forget(call)
        this.beginMore()
      })
    }
  }

  cancelAll(): void {
    for (const id of this.#calls.keys()) this.cancel(id)
  }

  #forget(call: Call): void {
    this.#calls.delete(call.id)
    this.#bytes -= call.bytes
  }
}
