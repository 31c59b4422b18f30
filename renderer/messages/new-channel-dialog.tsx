import { Button, Group, Modal, SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'

import { messageOfError } from '../connection/api.ts'
import { navigate } from '../route/route.ts'
import { useModel } from '../state/model-context.ts'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'
import classes from './new-channel-dialog.module.css'
import { PeopleSelect } from './people-select.tsx'

/** A channel for everybody, or for some people of whom nobody else learns. */
export function NewChannelDialog({ onClose }: { readonly onClose: () => void }) {
  const model = useModel()
  const bar = useWriteBar()
  const [name, setName] = useState('')
  const [whose, setWhose] = useState<'all' | 'some'>(bar === null ? 'all' : 'some')
  const [people, setPeople] = useState<string[]>([])
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const ready = name.trim() !== '' && (whose === 'all' || people.length > 0)

  const create = async (): Promise<void> => {
    setBusy(true)
    setError(null)
    try {
      const plain = name.trim().replace(/^#+/, '') || name.trim()
      const { id } = await model.call('channel.create', { name: plain, ...(whose === 'some' ? { people } : {}) })
      onClose()
      navigate({ page: 'messages', channel: id })
    } catch (failure) {
      setError(messageOfError(failure))
      setBusy(false)
    }
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t.messages.newChannelTitle}
      size="sm"
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <form
        className={classes['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !busy) void create()
        }}
      >
        <TextInput
          label={t.messages.channelName}
          description={t.messages.channelHint}
          value={name}
          error={error}
          maxLength={200}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <SegmentedControl
          fullWidth
          aria-label={t.messages.forWhom}
          value={whose}
          onChange={setWhose}
          data={[
            { value: 'all', label: t.messages.forAll, disabled: bar !== null },
            { value: 'some', label: t.messages.forSome },
          ]}
          transitionDuration={120}
        />
        {whose === 'some' ? (
          <PeopleSelect label={t.messages.whoIsIn} hint={t.messages.privateHint} value={people} onChange={setPeople} />
        ) : null}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t.common.cancel}
          </Button>
          <Button type="submit" loading={busy} disabled={!ready}>
            {t.messages.createChannel}
          </Button>
        </Group>
      </form>
    </Modal>
  )
}
