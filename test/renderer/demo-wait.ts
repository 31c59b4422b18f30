/** A promise that is settled by hand. */
export interface Settling {
  readonly promise: Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** What a call ends with when its connection does. */
export function gone(): Error {
  return Object.assign(new Error('The connection to the peer has ended.'), { code: 'PEER_GONE' })
}

/** Lets time pass, or ends with one of the signals. */
export async function wait(milliseconds: number, signals: readonly (AbortSignal | undefined)[]): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    for (const signal of signals) signal?.addEventListener('abort', () => reject(gone()), { once: true })
    if (milliseconds === 0) resolve()
    else setTimeout(resolve, milliseconds)
  })
}

/** Ends with the signal, whatever the handler does. */
export async function cancelled(work: unknown, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return await work
  return await new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(gone()), { once: true })
    Promise.resolve(work).then(resolve, reject)
  })
}

export function withResolvers(): Settling {
  let resolve: Settling['resolve'] = () => undefined
  let reject: Settling['reject'] = () => undefined
  const promise = new Promise((take, drop) => {
    resolve = take
    reject = drop
  })
  return { promise, resolve, reject }
}
