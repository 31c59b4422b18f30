import { Tooltip } from '@mantine/core'

import { useMachineNames } from '../machines/machine-names.ts'
import { Avatar } from '../shared/avatar.tsx'
import { t } from '../strings/index.ts'
import classes from './present-avatars.module.css'

const MAX_SHOWN = 4

/** Who is in a document now, by device id. */
export function PresentAvatars({ deviceIds }: { readonly deviceIds: readonly string[] }) {
  const { nameOf, colourOf } = useMachineNames()
  return <AvatarRow people={deviceIds.map((id) => ({ key: id, name: nameOf(id), colour: colourOf(id) }))} />
}

export interface Present {
  readonly key: string
  readonly name: string
  readonly colour: number
}

export function AvatarRow({ people }: { readonly people: readonly Present[] }) {
  if (people.length === 0) return null
  const label = t.documents.present(people.map((person) => person.name))
  const more = people.length - MAX_SHOWN
  return (
    <Tooltip label={label}>
      <span className={classes['row']} role="img" aria-label={label}>
        {people.slice(0, MAX_SHOWN).map((person) => (
          <Avatar key={person.key} name={person.name} colour={person.colour} size={26} />
        ))}
        {more > 0 ? <span className={classes['more']}>+{more}</span> : null}
      </span>
    </Tooltip>
  )
}
