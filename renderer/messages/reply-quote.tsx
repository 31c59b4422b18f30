import { UnstyledButton } from '@mantine/core'
import { IconArrowForward } from '@tabler/icons-react'

import { t } from '../strings/index.ts'
import { useMessageActions } from './message-context.ts'
import { plainText } from './plain-text.ts'
import classes from './reply-quote.module.css'
import { MESSAGE_ATTRIBUTE } from './use-roving-focus.ts'

/** What is answered, in one line above the answer; leads to it. */
export function ReplyQuote({ id }: { readonly id: string }) {
  const original = useMessageActions().find(id)
  if (original === undefined) {
    return (
      <p className={classes['quote']}>
        <IconArrowForward size={14} aria-hidden="true" />
        {t.messages.replyTo(t.messages.replyGone)}
      </p>
    )
  }
  return (
    <UnstyledButton className={classes['quote'] ?? ''} onClick={() => showMessage(id)}>
      <IconArrowForward size={14} aria-hidden="true" />
      <span className={classes['author']}>{original.author}</span>
      <span className={classes['text']}>{plainText(original.text)}</span>
    </UnstyledButton>
  )
}

function showMessage(id: string): void {
  const element = document.querySelector<HTMLElement>(`[${MESSAGE_ATTRIBUTE}="${CSS.escape(id)}"]`)
  element?.scrollIntoView({ block: 'center' })
  element?.focus({ preventScroll: true })
}
