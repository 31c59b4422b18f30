import { Menu, UnstyledButton } from '@mantine/core'
import {
  IconChevronDown,
  IconDeviceDesktop,
  IconDevices,
  IconSettings,
  IconUserPlus,
  IconUsers,
} from '@tabler/icons-react'

import type { SwarmReference } from '../../src/api/contract/index.ts'
import { Mark } from '../brand/mark.tsx'
import { navigate } from '../route/route.ts'
import { t } from '../strings/index.ts'
import { openDialog } from './dialog-state.ts'
import classes from './swarm-menu.module.css'

/** The swarm's name, and what can be done with it. */
export function SwarmMenu({ swarm }: { readonly swarm: SwarmReference }) {
  return (
    <Menu position="bottom-start" width={232}>
      <Menu.Target>
        <UnstyledButton className={classes['button'] ?? ''} aria-label={t.swarmMenu.label(swarm.name)}>
          <Mark size={26} className={classes['mark'] ?? ''} />
          <span className={classes['name']}>{swarm.name}</span>
          <IconChevronDown size={16} className={classes['chevron']} aria-hidden="true" />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconUserPlus size={16} />} onClick={() => openDialog('invite')}>
          {t.swarmMenu.invite}
        </Menu.Item>
        <Menu.Item leftSection={<IconDevices size={16} />} onClick={() => openDialog('own-machine')}>
          {t.swarmMenu.own}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconUsers size={16} />} onClick={() => navigate({ page: 'people' })}>
          {t.swarmMenu.people}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconDeviceDesktop size={16} />}
          onClick={() => navigate({ page: 'machines', machine: null })}
        >
          {t.swarmMenu.machines}
        </Menu.Item>
        <Menu.Item leftSection={<IconSettings size={16} />} onClick={() => navigate({ page: 'settings' })}>
          {t.swarmMenu.settings}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
