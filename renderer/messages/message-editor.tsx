import { Button, Textarea } from '@mantine/core'
import { useState } from 'react'

import type { Message } from '../../src/api/contract/index.ts'
import { messageOfError } from '../connection/api.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './message-editor.module.css'

interface MessageEditorProps {
  readonly message: Message
  readonly onEnd: () => void
}

/** A message being changed, in its place. Enter saves, Escape leaves it as it was. */
export function MessageEditor({ message, onEnd }: MessageEditorProps) {
  const model = useModel()
  const place = `edit:${message.id}`
  const [text, setText] = useState(() => model.drafts.get(place) || message.text)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)

  const end = (): void => {
    model.drafts.set(place, '')
    onEnd()
  }
  const save = async (): Promise<void> => {
    const changed = text.trim()
    if (changed === '' || busy) return
    if (changed === message.text) {
      end()
      return
    }
    setBusy(true)
    try {
      await model.call('message.edit', { message: message.id, text: changed })
      end()
    } catch (failure) {
      setError(messageOfError(failure))
      setBusy(false)
    }
  }

  return (
    <div className={classes['editor']}>
      <Textarea
        aria-label={t.messages.editing}
        value={text}
        error={error}
        autosize
        maxRows={12}
        // The person has just asked to edit.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onFocus={(event) => event.currentTarget.setSelectionRange(text.length, text.length)}
        onChange={(event) => {
          setText(event.currentTarget.value)
          model.drafts.set(place, event.currentTarget.value)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') end()
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          void save()
        }}
      />
      <div className={classes['buttons']}>
        <Button size="compact-sm" variant="default" onClick={end}>
          {t.common.cancel}
        </Button>
        <Button size="compact-sm" loading={busy} disabled={text.trim() === ''} onClick={() => void save()}>
          {t.common.save}
        </Button>
      </div>
    </div>
  )
}
