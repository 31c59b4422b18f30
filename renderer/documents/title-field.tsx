import { useRef, useState } from 'react'

import { showFailure } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { useWriteBar } from '../standing/write-bar.ts'
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
  const bar = useWriteBar()
  /** null: nobody types here. */
  const [typed, setTyped] = useState<string | null>(null)
  /** Escape ends with the same event as Enter, and keeps nothing. */
  const given = useRef(false)
  const text = typed ?? title

  const keep = (): void => {
    const wanted = text.trim()
    const drop = given.current || wanted === '' || wanted === title
    given.current = false
    setTyped(null)
    if (drop) return
    model.call('document.rename', { document: id, title: wanted }).catch((error: unknown) => showFailure(error))
  }

  return (
    <input
      className={classes['title']}
      aria-label={t.documents.titleLabel}
      value={text}
      maxLength={200}
      readOnly={bar !== null}
      title={bar ?? undefined}
      size={Math.max(8, text.length)}
      onFocus={(event) => {
        setTyped(title)
        if (isUntitled(title)) event.currentTarget.select()
      }}
      onBlur={keep}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') {
          given.current = true
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
