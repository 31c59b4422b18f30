import { MultiSelect } from '@mantine/core'

import type { Person } from '../../src/api/contract/index.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import classes from './people-select.module.css'

interface PeopleSelectProps {
  readonly label: string
  readonly hint?: string
  /** It is what the dialog is for. */
  readonly autoFocus?: boolean
  /** Ids of people. */
  readonly value: readonly string[]
  readonly onChange: (people: string[]) => void
}

/** Picks people of the swarm by their names, oneself left out. */
export function PeopleSelect({ label, hint, autoFocus = false, value, onChange }: PeopleSelectProps) {
  const others = useOthers()
  return (
    <MultiSelect
      label={label}
      description={hint}
      placeholder={value.length === 0 ? t.messages.pickPeople : ''}
      data={others.map((person) => ({ value: person.personId, label: person.name }))}
      value={[...value]}
      data-autofocus={autoFocus || undefined}
      openOnFocus={false}
      classNames={{ inputField: classes['field'] ?? '' }}
      searchable
      hidePickedOptions
      nothingFoundMessage={t.messages.nobody}
      onChange={onChange}
    />
  )
}

export function useOthers(): readonly Person[] {
  const members = useCell(useModel().members)
  return (members?.people ?? []).filter((person) => !person.self && person.standing === 'active')
}
