import type { CallOptions } from '../../src/api/client/index.ts'
import type { JoinProgress } from '../../src/api/contract/index.ts'
import { codeOfError, messageOfError } from '../connection/api.ts'
import { Cell } from './cell.ts'
import type { Readable } from './cell.ts'

export type JoinState =
  | { readonly kind: 'idle' }
  /** `isIn`: let in; what is left is to fetch what the others have. */
  | { readonly kind: 'running'; readonly isIn: boolean; readonly progress: JoinProgress | null }
  | {
      readonly kind: 'failed'
      readonly code: string
      readonly reason: string
      /** How far it came; null where nobody was looked for. */
      readonly progress: JoinProgress | null
    }

const IDLE: JoinState = { kind: 'idle' }

/** This machine's way into a swarm, from the link to the last change. It outlives the form that began it. */
export class Joining {
  readonly #state = new Cell<JoinState>(IDLE)
  readonly #onJoined: () => Promise<void>
  #running: AbortController | null = null

  /** @param onJoined called once this machine is in, before the state says so */
  constructor(onJoined: () => Promise<void>) {
    this.#onJoined = onJoined
  }

  get state(): Readable<JoinState> {
    return this.#state
  }

  /** Begins anew; what ran before is cancelled. */
  start(call: (options: CallOptions) => Promise<unknown>): void {
    this.cancel()
    const running = new AbortController()
    this.#running = running
    this.#state.set({ kind: 'running', isIn: false, progress: null })
    void this.#run(running, call)
  }

  progressed(progress: JoinProgress): void {
    const { value } = this.#state
    if (value.kind !== 'running') return
    this.#state.set({ ...value, progress })
    if (value.isIn && progress.stage === 'done') this.dismiss()
  }

  cancel(): void {
    this.#running?.abort()
    this.dismiss()
  }

  /** Looks away: a failure is read, or the rest may arrive unwatched. */
  dismiss(): void {
    this.#running = null
    this.#state.set(IDLE)
  }

  async #run(running: AbortController, call: (options: CallOptions) => Promise<unknown>): Promise<void> {
    try {
      await call({ signal: running.signal })
      await this.#onJoined()
      if (this.#running !== running) return
      const progress = this.#progress
      if (progress?.stage === 'catching-up') this.#state.set({ kind: 'running', isIn: true, progress })
      else this.dismiss()
    } catch (error) {
      if (this.#running !== running) return
      const progress = this.#progress
      this.#running = null
      this.#state.set({ kind: 'failed', code: codeOfError(error), reason: messageOfError(error), progress })
    }
  }

  get #progress(): JoinProgress | null {
    const { value } = this.#state
    return value.kind === 'running' ? value.progress : null
  }
}
