import { Alert, Button, Textarea } from '@mantine/core'
import { useEffect, useState } from 'react'

import { messageOfError } from '../connection/api.ts'
import { openedLink } from '../connection/desktop-messages.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { BackButton } from './back-button.tsx'
import { inviteIn } from './invite-text.ts'
import { JoinStages } from './join-stages.tsx'
import classes from './first-run.module.css'

interface JoinFormProps {
  readonly machineName: string
  /** A link that was clicked outside. */
  readonly link: string | null
  readonly onBack: () => void
}

export function JoinForm({ machineName, link, onBack }: JoinFormProps) {
  const model = useModel()
  const [text, setText] = useState(link ?? '')
  const [error, setError] = useState<string | null>(null)
  const [joining, setJoining] = useState<AbortController | null>(null)
  const [seenLink, setSeenLink] = useState(link)
  if (link !== seenLink) {
    setSeenLink(link)
    if (link !== null) setText(link)
  }
  useEffect(() => () => joining?.abort(), [joining])
  const invite = inviteIn(text)
  const wrong = text.trim() !== '' && invite === null

  const join = async (link: string): Promise<void> => {
    const controller = new AbortController()
    setError(null)
    model.join.set(null)
    setJoining(controller)
    try {
      await model.call('swarm.join', { invite: link, machineName }, { signal: controller.signal })
      openedLink.set(null)
      await model.readStatus()
    } catch (failure) {
      if (!controller.signal.aborted) setError(messageOfError(failure))
      setJoining(null)
    }
  }

  if (joining !== null) return <JoinStages onCancel={() => joining.abort()} />
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault()
        if (invite !== null) void join(invite)
      }}
    >
      <BackButton onClick={onBack} />
      <h1 className={classes['title']}>{t.firstRun.joinTitle}</h1>
      <Textarea
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
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {error === null ? null : (
        <Alert color="red" title={t.firstRun.joinFailed} role="alert">
          {error}
        </Alert>
      )}
      <Button type="submit" size="md" fullWidth disabled={invite === null}>
        {t.firstRun.join}
      </Button>
    </form>
  )
}
