import { ActionIcon, Menu } from '@mantine/core'
import { IconAffiliate, IconDeviceDesktop, IconDots, IconServer, IconFileText, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'

import type { Device } from '../../src/api/contract/index.ts'
import { formatAgo, formatExact } from '../format/times.ts'
import { navigate } from '../route/route.ts'
import { useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { useNow } from '../time/clock.ts'
import { RemoveDevice } from './remove-dialogs.tsx'
import classes from './device-row.module.css'

/** One machine of a person, or a helper: whether it is here, and what can be done about it. */
export function DeviceRow({ device }: { readonly device: Device }) {
  const [removing, setRemoving] = useState(false)
  const Icon = device.recovery ? IconFileText : device.role === 'helper' ? IconServer : IconDeviceDesktop
  const seen = useSeen(device)
  const known = !device.recovery && device.standing === 'active'
  return (
    <li className={classes['row']}>
      <Icon size={18} stroke={1.75} aria-hidden="true" className={classes['icon']} />
      <span className={classes['name']} title={device.name}>
        {device.name}
      </span>
      <span
        className={classes['state']}
        data-here={seen.here || undefined}
        title={seen.at === null ? undefined : formatExact(seen.at)}
      >
        {seen.text}
      </span>
      {known || device.may.remove ? (
        <Menu position="bottom-end" width={232}>
          <Menu.Target>
            <ActionIcon size={28} aria-label={t.people.menu(device.name)}>
              <IconDots size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {known ? (
              <>
                <Menu.Item
                  leftSection={<IconDeviceDesktop size={16} />}
                  onClick={() => navigate({ page: 'machines', machine: device.deviceId })}
                >
                  {t.machines.open(device.name)}
                </Menu.Item>
                <Menu.Item
                  leftSection={<IconAffiliate size={16} />}
                  onClick={() => navigate({ page: 'connections', machine: device.deviceId })}
                >
                  {t.nav.connections}
                </Menu.Item>
              </>
            ) : null}
            {device.may.remove ? (
              <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => setRemoving(true)}>
                {t.people.remove(device.name)}
              </Menu.Item>
            ) : null}
          </Menu.Dropdown>
        </Menu>
      ) : (
        <span className={classes['noMenu']} />
      )}
      {removing ? <RemoveDevice device={device} onClose={() => setRemoving(false)} /> : null}
    </li>
  )
}

interface Seen {
  readonly text: string
  readonly here: boolean
  readonly at: number | null
}

/** The status knows sooner than the list of members who is here. */
function useSeen(device: Device): Seen {
  const now = useNow()
  const machine = useStatus()?.machines.find((one) => one.deviceId === device.deviceId)
  const { people } = t
  if (device.recovery) return { text: people.recovery, here: false, at: null }
  if (device.standing !== 'active') return { text: people.standings[device.standing], here: false, at: null }
  if (device.self) return { text: people.thisMachine, here: true, at: null }
  if (machine?.online ?? device.online) return { text: people.here, here: true, at: null }
  const at = machine?.lastSeen ?? device.lastSeen
  return { text: at === null ? people.neverSeen : people.seen(formatAgo(at, now)), here: false, at }
}
