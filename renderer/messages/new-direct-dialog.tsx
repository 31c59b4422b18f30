import { Button, Group, Modal } from '@mantine/core'
import { useState } from 'react'

import { useAction } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './new-channel-dialog.module.css'
import { PeopleSelect, useOthers } from './people-select.tsx'
import { talkTo } from './talk-to.ts'

/** With whom one wants to talk; nobody else learns of it. */
export function NewDirectDialog({ onClose }: { readonly onClose: () => void }) {
  const model = useModel()
  const others = useOthers()
  const [people, setPeople] = useState<string[]>([])
  const start = useAction(async () => {
    await talkTo(model, people)
    onClose()
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.messages.newDirectTitle}
      size="sm"
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <form
        className={classes['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (people.length > 0) start.run()
        }}
      >
        {others.length === 0 ? (
          <p style={{ margin: 0 }}>{t.messages.noOthers}</p>
        ) : (
          <PeopleSelect
            autoFocus
            label={t.messages.withWhom}
            hint={t.messages.privateHint}
            value={people}
            onChange={setPeople}
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={start.busy} disabled={people.length === 0}>
            {t.messages.startDirect}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
