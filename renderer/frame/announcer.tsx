import { VisuallyHidden } from '@mantine/core'
import { useEffect, useState } from 'react'

import { useMachineNames } from '../machines/machine-names.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'

/** Longer messages are cut: whoever wants all of it goes there. */
const MAX_SPOKEN = 160

/** Tells screen readers of new messages, politely, on whichever page one is. */
export function Announcer() {
  const model = useModel()
  const { nameOf } = useMachineNames()
  const [said, setSaid] = useState('')
  useEffect(
    () =>
      model.attach((client) => {
        const subscription = client.on('message:changed', ({ message, isNew }) => {
          if (!isNew || message.own) return
          setSaid(t.messages.newFrom(message.author || nameOf(message.deviceId), message.text.slice(0, MAX_SPOKEN)))
        })
        return () => subscription.dispose()
      }),
    [model, nameOf],
  )
  return (
    <VisuallyHidden role="log" aria-live="polite">
      {said}
    </VisuallyHidden>
  )
}
