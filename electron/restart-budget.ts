/** How often something that dies may be started again before a person has to look. */
export interface RestartBudget {
  /** Counts one restart at `now` (milliseconds that only grow); false: too many in the window. */
  spend(now: number): boolean
}

export function restartBudget(options: { readonly restarts: number; readonly windowMs: number }): RestartBudget {
  let spent: readonly number[] = []
  return {
    spend(now) {
      spent = spent.filter((at) => now - at < options.windowMs)
      if (spent.length >= options.restarts) return false
      spent = [...spent, now]
      return true
    },
  }
}
