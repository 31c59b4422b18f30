import { Button, Modal, Select } from '@mantine/core'
import { useState } from 'react'

import type { ChannelSummary } from '../../src/api/contract/index.ts'
import { Avatar } from '../shared/avatar.tsx'
import { useAction } from '../shared/use-action.ts'
import { useMachineNames } from '../machines/machine-names.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './channel-people-dialog.module.css'
import { useOthers } from './people-select.tsx'

interface ChannelPeopleDialogProps {
  readonly channel: ChannelSummary
  readonly onClose: () => void
}

/** Who is in a private channel; whoever may adds and removes. */
export function ChannelPeopleDialog({ channel, onClose }: ChannelPeopleDialogProps) {
  const model = useModel()
  const { colourOf } = useMachineNames()
  const self = useCell(model.members)?.people.find((person) => person.self)?.personId
  const within = new Set(channel.people.map((person) => person.personId))
  const others = useOthers().filter((person) => !within.has(person.personId))
  const [chosen, setChosen] = useState<string | null>(null)
  const add = useAction(async (person: string) => {
    await model.call('channel.add', { channel: channel.id, person })
    setChosen(null)
  })
  const remove = useAction(async (person: string) => {
    await model.call('channel.remove', { channel: channel.id, person })
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.messages.peopleTitle(channel.name)}
      size="sm"
      closeButtonProps={{ 'aria-label': t.common.close }}
    >
      <ul className={classes['people']}>
        {channel.people.map((person) => (
          <li key={person.personId} className={classes['person']}>
            <Avatar name={person.name} colour={colourOf(person.personId)} size={28} />
            <span className={classes['name']}>
              {person.name}
              {person.personId === self ? <span className={classes['you']}> ({t.messages.you})</span> : null}
            </span>
            {channel.may.remove && person.personId !== self ? (
              <Button
                size="xs"
                variant="subtle"
                color="gray"
                disabled={remove.busy}
                aria-label={t.messages.takeOut(person.name)}
                onClick={() => remove.run(person.personId)}
              >
                {t.messages.takeOutShort}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {channel.may.remove ? <p className={classes['hint']}>{t.messages.takeOutHint}</p> : null}
      {channel.may.add && others.length > 0 ? (
        <form
          className={classes['add']}
          onSubmit={(event) => {
            event.preventDefault()
            if (chosen !== null) add.run(chosen)
          }}
        >
          <Select
            label={t.messages.addPerson}
            description={t.messages.addHint}
            data={others.map((person) => ({ value: person.personId, label: person.name }))}
            placeholder={t.messages.pickPerson}
            value={chosen}
            searchable
            onChange={setChosen}
          />
          <Button type="submit" loading={add.busy} disabled={chosen === null}>
            {t.messages.add}
          </Button>
        </form>
      ) : null}
    </Modal>
  )
}
