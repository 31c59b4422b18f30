import { ActionIcon, Menu } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconDots, IconMessage, IconPencil, IconUserMinus } from '@tabler/icons-react'
import { useState } from 'react'

import type { Device, Person, Role } from '../../src/api/contract/index.ts'
import { ConfirmDialog } from '../shared/confirm-dialog.tsx'
import { NameDialog } from '../shared/name-dialog.tsx'
import { talkTo } from '../messages/talk-to.ts'
import { useAction } from '../shared/use-action.ts'
import { useSpeakBar } from '../messages/use-channel-bar.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { RemovePerson } from './remove-dialogs.tsx'
import classes from './person-menu.module.css'

interface PersonMenuProps {
  readonly person: Person
  readonly devices: readonly Device[]
}

type GivenRole = Exclude<Role, 'helper'>
type Opened = { readonly kind: 'rename' | 'remove' } | { readonly kind: 'role'; readonly role: GivenRole }

/** What this machine's person may do about somebody. */
export function PersonMenu({ person, devices }: PersonMenuProps) {
  const model = useModel()
  const [opened, setOpened] = useState<Opened | null>(null)
  const close = (): void => setOpened(null)
  const give = async (role: GivenRole): Promise<void> => {
    await model.call('member.role', { person: person.personId, role })
    model.readMembers()
    notifications.show({ message: t.people.roleChanged(person.name, t.roles.as[role]) })
  }
  const change = useAction(give)
  const choose = (role: GivenRole): void => {
    // What can't be taken back is asked about; the rest is one click away from being as it was.
    if (person.self || role === 'owner') setOpened({ kind: 'role', role })
    else change.run(role)
  }
  const bar = useSpeakBar()
  const talk = useAction(() => talkTo(model, [person.personId]))
  const roles = rolesFor(person)

  return (
    <>
      <Menu position="bottom-end" width={300}>
        <Menu.Target>
          <ActionIcon size={32} aria-label={t.people.menu(person.name)} loading={change.busy}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {person.self ? (
            <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setOpened({ kind: 'rename' })}>
              {t.people.rename}
            </Menu.Item>
          ) : null}
          {person.self ? null : (
            <Menu.Item
              leftSection={<IconMessage size={16} />}
              disabled={bar !== null}
              title={bar ?? undefined}
              onClick={() => talk.run()}
            >
              {t.messages.talkTo(person.name)}
            </Menu.Item>
          )}
          {roles.length === 0 ? null : <Menu.Label>{t.people.roleLabel}</Menu.Label>}
          <Menu.RadioGroup value={person.role}>
            {roles.map((role) => (
              <Menu.RadioItem
                key={role}
                value={role}
                checkIcon={<IconCheck size={16} />}
                closeMenuOnClick
                onChange={() => {
                  if (role !== person.role) choose(role)
                }}
              >
                <span className={classes['role']}>{t.roles.names[role]}</span>
                <span className={classes['may']}>{t.roles.may[role]}</span>
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          {person.may.remove ? (
            <>
              <Menu.Divider />
              <Menu.Item leftSection={<IconUserMinus size={16} />} onClick={() => setOpened({ kind: 'remove' })}>
                {t.people.remove(person.name)}
              </Menu.Item>
            </>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {opened?.kind === 'rename' ? <RenameSelf person={person} onClose={close} /> : null}
      {opened?.kind === 'remove' ? <RemovePerson person={person} devices={devices} onClose={close} /> : null}
      {opened?.kind === 'role' ? (
        <ConfirmDialog
          title={person.self ? t.people.stepDownTitle : t.people.toOwnerTitle(person.name)}
          text={person.self ? t.people.stepDown(t.roles.as[opened.role]) : t.people.toOwner(person.name)}
          confirm={t.people.role(t.roles.as[opened.role])}
          onClose={close}
          onConfirm={() => give(opened.role)}
        />
      ) : null}
    </>
  )
}

/** Those that can be given, the present one among them, highest first. */
function rolesFor(person: Person): readonly GivenRole[] {
  const order = ['owner', 'admin', 'member', 'observer'] as const
  const given = order.filter((role) => person.may.roles.includes(role) && role !== person.role)
  return given.length === 0 ? [] : order.filter((role) => role === person.role || given.includes(role))
}

function RenameSelf({ person, onClose }: { readonly person: Person; readonly onClose: () => void }) {
  const model = useModel()
  return (
    <NameDialog
      title={t.people.renameTitle}
      label={t.people.renameLabel}
      hint={t.people.renameHint}
      initial={person.name}
      confirm={t.common.rename}
      onClose={onClose}
      onConfirm={async (name) => {
        await model.call('member.rename', { name })
        model.readMembers()
      }}
    />
  )
}
