import { notifications } from '@mantine/notifications'

import type { Device, Person } from '../../src/api/contract/index.ts'
import { ConfirmDialog } from '../shared/confirm-dialog.tsx'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'

/** Says what removing a person means before it is done. */
export function RemovePerson(props: {
  readonly person: Person
  readonly devices: readonly Device[]
  readonly onClose: () => void
}) {
  const { person, devices, onClose } = props
  const model = useModel()
  const names = devices.filter((device) => !device.recovery).map((device) => device.name)
  return (
    <ConfirmDialog
      title={t.people.removeTitle(person.name)}
      text={t.people.removePerson(person.name, names)}
      confirm={t.people.removeButton}
      onClose={onClose}
      onConfirm={async () => {
        await model.call('member.remove', { person: person.personId })
        model.readMembers()
        notifications.show({ message: t.people.removed(person.name) })
      }}
    />
  )
}

/** The same for one machine, or a recovery phrase. */
export function RemoveDevice({ device, onClose }: { readonly device: Device; readonly onClose: () => void }) {
  const model = useModel()
  return (
    <ConfirmDialog
      title={t.people.removeTitle(device.name)}
      text={device.recovery ? t.people.removeRecovery : t.people.removeDevice(device.name)}
      confirm={t.people.removeButton}
      onClose={onClose}
      onConfirm={async () => {
        await model.call('device.remove', { device: device.deviceId })
        model.readMembers()
        notifications.show({ message: t.people.removed(device.name) })
      }}
    />
  )
}
