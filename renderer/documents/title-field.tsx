import { useEffect, useState } from 'react'

import { showFailure } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './document-head.module.css'

interface TitleFieldProps {
  readonly id: string
  readonly title: string
  readonly onEnter: () => void
}

const isUntitled = (title: string): boolean => title === t.documents.untitled || title === t.documents.untitledText

/** The title, changed where it stands. Enter keeps it and goes on to the text, Escape leaves it as it was. */
export function TitleField({ id, title, onEnter }: TitleFieldProps) {
  const model = useModel()
  const [text, setText] = useState(title)
  const [focused, setFocused] = useState(false)
  useEffect(() => {
    if (!focused) setText(title)
  }, [title, focused])

  const keep = (): void => {
    const wanted = text.trim()
    setFocused(false)
    if (wanted === '' || wanted === title) {
      setText(title)
      return
    }
    model.call('document.rename', { document: id, title: wanted }).catch((error: unknown) => showFailure(error))
  }

  return (
    <input
      className={classes['title']}
      aria-label={t.documents.titleLabel}
      value={text}
      maxLength={200}
      size={Math.max(8, text.length)}
      onFocus={(event) => {
        setFocused(true)
        if (isUntitled(title)) event.currentTarget.select()
      }}
      onBlur={keep}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          setText(title)
          event.currentTarget.blur()
        }
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
          event.preventDefault()
          event.currentTarget.blur()
          onEnter()
        }
      }}
    />
  )
}
