import { AbortedError, MurmurationError } from '../base/errors.ts'

/** What `work` comes to, unless the signal fires first: a peer that falls silent must not hold a place at the gate. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(reasonOf(signal))
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
}

function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason
  if (reason instanceof MurmurationError) return reason
  return new AbortedError('the machine did not show in time that it belongs to the swarm')
}
