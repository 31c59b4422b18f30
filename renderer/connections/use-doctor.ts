import { useCallback, useEffect, useRef, useState } from 'react'

import type { DoctorReport } from '../../src/api/contract/index.ts'
import { messageOfError } from '../connection/api.ts'
import { useModel } from '../state/model-context.ts'

/** Others are asked for their view too: not more often than a person looks. */
const EVERY_MS = 5000

export interface Doctor {
  readonly report: DoctorReport | null
  /** Why the last look failed; null: it did not. */
  readonly error: string | null
  readonly again: () => void
}

/** Looks at once, and again while the page is shown. A look that takes long is never overtaken by another. */
export function useDoctor(): Doctor {
  const model = useModel()
  const [report, setReport] = useState<DoctorReport | null>(null)
  const [error, setError] = useState<string | null>(null)
  const looking = useRef(false)
  const look = useCallback(() => {
    if (looking.current || document.hidden) return
    looking.current = true
    model
      .call('doctor.report', {})
      .then(
        (found) => {
          setReport(found)
          setError(null)
        },
        (failure: unknown) => setError(messageOfError(failure)),
      )
      .finally(() => {
        looking.current = false
      })
  }, [model])
  useEffect(() => {
    const undo = model.attach(() => {
      look()
      return () => undefined
    })
    const timer = setInterval(look, EVERY_MS)
    return () => {
      clearInterval(timer)
      undo()
    }
  }, [model, look])
  return { report, error, again: look }
}
