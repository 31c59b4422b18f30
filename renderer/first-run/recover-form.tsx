import { Button, Textarea } from '@mantine/core'
import { useRef, useState } from 'react'

import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { BackButton } from './back-button.tsx'
import { inviteIn } from './invite-text.ts'
import { JoinFailure } from './join-failure.tsx'
import type { Names } from './name-fields.tsx'
import { PictureDrop } from './picture-drop.tsx'
import classes from './first-run.module.css'

const WORDS = 24

interface RecoverFormProps {
  readonly names: Names
  readonly onBack: () => void
}

/** For somebody who lost every machine, and has the printed words. */
export function RecoverForm({ names, onBack }: RecoverFormProps) {
  const model = useModel()
  const state = useCell(model.joining.state)
  const field = useRef<HTMLTextAreaElement>(null)
  const [phrase, setPhrase] = useState('')
  const [link, setLink] = useState('')
  const words = phrase.toLocaleLowerCase().match(/\p{L}+/gu) ?? []
  const invite = inviteIn(link)
  const ready = words.length === WORDS && invite !== null
  const failed = state.kind === 'failed' ? state : null

  const recover = (): void => {
    if (!ready) return
    model.joining.start((options) =>
      model.call('swarm.recover', { phrase: phrase.trim(), invite, machineName: names.machineName }, options),
    )
  }
  /** What failed was with the words and link as they were. */
  const forget = (): void => {
    if (failed !== null) model.joining.dismiss()
  }
  const again = (): void => {
    forget()
    field.current?.focus()
  }

  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault()
        recover()
      }}
    >
      <BackButton onClick={onBack} />
      <h1 className={classes['title']}>{t.firstRun.recoverTitle}</h1>
      <p className={classes['explain']}>{t.firstRun.recoverLead}</p>
      <Textarea
        ref={field}
        label={t.firstRun.phraseLabel}
        description={words.length === 0 ? t.firstRun.phraseHint : t.firstRun.phraseCount(words.length)}
        value={phrase}
        autosize
        minRows={3}
        maxRows={8}
        size="md"
        spellCheck={false}
        autoComplete="off"
        autoCapitalize="none"
        // The person has just asked for this form.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        onChange={(event) => {
          setPhrase(event.currentTarget.value)
          forget()
        }}
      />
      <Textarea
        label={t.firstRun.recoverInvite}
        description={t.firstRun.recoverInviteHint}
        value={link}
        error={link.trim() !== '' && invite === null ? t.firstRun.inviteWrong : null}
        autosize
        minRows={2}
        maxRows={4}
        size="md"
        spellCheck={false}
        classNames={{ input: classes['link'] ?? '' }}
        onChange={(event) => {
          setLink(event.currentTarget.value)
          forget()
        }}
      />
      <PictureDrop onRead={setLink} />
      {failed === null ? (
        <Button type="submit" size="md" fullWidth disabled={!ready}>
          {t.firstRun.recover}
        </Button>
      ) : (
        <JoinFailure failure={failed} onRetry={failed.code === 'RECOVERY_PHRASE' ? again : recover} onAnother={again} />
      )}
    </form>
  )
}
