import { Button, Textarea } from '@mantine/core'
import { useRef, useState } from 'react'

import { openedLink } from '../connection/desktop-messages.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { BackButton } from './back-button.tsx'
import { inviteIn } from './invite-text.ts'
import { JoinFailure } from './join-failure.tsx'
import { NamesLine, givenNames } from './name-fields.tsx'
import type { Names } from './name-fields.tsx'
import { PictureDrop } from './picture-drop.tsx'
import classes from './first-run.module.css'

interface JoinFormProps {
  readonly names: Names
  /** A link that was clicked outside. */
  readonly link: string | null
  readonly onBack: () => void
}

/** With a link that was pasted, clicked, or read from a picture. */
export function JoinForm({ names, link, onBack }: JoinFormProps) {
  const model = useModel()
  const state = useCell(model.joining.state)
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(link ?? '')
  const [seenLink, setSeenLink] = useState(link)
  if (link !== seenLink) {
    setSeenLink(link)
    if (link !== null) setText(link)
  }
  const invite = inviteIn(text)
  const wrong = text.trim() !== '' && invite === null
  const change = (value: string): void => {
    setText(value)
    if (state.kind === 'failed') model.joining.dismiss()
  }
  const another = (): void => {
    change('')
    field.current?.focus()
  }
  const join = (): void => {
    if (invite === null) return
    openedLink.set(null)
    model.joining.start((options) => model.call('swarm.join', { invite, ...givenNames(names) }, options))
  }

  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault()
        join()
      }}
    >
      <BackButton onClick={onBack} />
      <h1 className={classes['title']}>{t.firstRun.joinTitle}</h1>
      <Textarea
        ref={field}
        label={t.firstRun.inviteLabel}
        description={link === null ? t.firstRun.inviteHint : t.firstRun.filledIn}
        value={text}
        error={wrong ? t.firstRun.inviteWrong : null}
        autosize
        minRows={3}
        maxRows={6}
        size="md"
        spellCheck={false}
        classNames={{ input: classes['link'] ?? '' }}
        // The person has just asked for this form.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onChange={(event) => change(event.currentTarget.value)}
      />
      <PictureDrop onRead={change} />
      {state.kind === 'failed' ? <JoinFailure failure={state} onRetry={join} onAnother={another} /> : null}
      <NamesLine names={names} onChange={onBack} />
      {state.kind === 'failed' ? null : (
        <Button type="submit" size="md" fullWidth disabled={invite === null}>
          {t.firstRun.join}
        </Button>
      )}
    </form>
  )
}
