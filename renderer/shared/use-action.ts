import { notifications } from '@mantine/notifications'
import { useRef, useState } from 'react'

import { messageOfError } from '../connection/api.ts'
import { t } from '../strings/index.ts'

/** Says what did not work, and leaves it standing long enough to be read. */
export function showFailure(error: unknown, title: string = t.common.couldNot): void {
  notifications.show({ title, message: messageOfError(error), color: 'red', autoClose: 10_000 })
}

export interface Action<Values extends readonly unknown[]> {
  readonly run: (...values: Values) => void
  readonly busy: boolean
}

/** Runs something that may fail, once at a time; a failure is shown in a notification. */
export function useAction<Values extends readonly unknown[]>(
  work: (...values: Values) => Promise<void>,
): Action<Values> {
  const [busy, setBusy] = useState(false)
  const running = useRef(false)
  const run = (...values: Values): void => {
    if (running.current) return
    running.current = true
    setBusy(true)
    work(...values)
      .catch((error: unknown) => showFailure(error))
      .finally(() => {
        running.current = false
        setBusy(false)
      })
  }
  return { run, busy }
}
