import { useSyncExternalStore } from 'react'

/** Wall time in milliseconds. The one place of the renderer that reads it. */
export function now(): number {
  return Date.now()
}

/** How often sentences such as "2 min ago" are brought up to date. */
const TICK_MS = 15_000

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | null = null
let ticked = now()

function tick(): void {
  ticked = now()
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) {
    ticked = now()
    timer = setInterval(tick, TICK_MS)
  }
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0 && timer !== null) clearInterval(timer)
  }
}

/** Wall time, renewed every few seconds: one timer for all that show an age. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => ticked)
}
