import { Button, SegmentedControl, Switch, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAffiliate } from '@tabler/icons-react'
import { useId, useState } from 'react'

import type { PeerStatus, Settings } from '../../src/api/contract/index.ts'
import { hrefOf } from '../route/route.ts'
import { CopyField } from '../shared/copy-field.tsx'
import { Panel } from '../shared/panel.tsx'
import { useAction } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { AddressLines } from './address-lines.tsx'
import type { SectionProps } from './profile-section.tsx'
import classes from './settings-page.module.css'

const RELAY = ['auto', 'on', 'off'] as const

export function NetworkSection({ settings, status, onChange }: SectionProps & { readonly status: PeerStatus }) {
  const model = useModel()
  const set = useAction(async (change: Partial<Pick<Settings, 'mdns' | 'relay'>>) =>
    onChange(await model.call('settings.set', change)),
  )
  const save = async (change: { readonly listen: string[] } | { readonly announce: string[] }): Promise<void> =>
    onChange(await model.call('settings.set', change))
  const relayHint = useId()
  return (
    <Panel
      title={t.settings.network}
      aside={
        status.swarm === null ? null : (
          <Button
            component="a"
            size="xs"
            variant="default"
            href={hrefOf({ page: 'connections', machine: null })}
            leftSection={<IconAffiliate size={14} />}
          >
            {t.settings.connectionsLink}
          </Button>
        )
      }
    >
      <Switch
        label={t.settings.mdns}
        description={t.settings.mdnsHint}
        checked={settings.mdns}
        disabled={set.busy}
        onChange={(event) => set.run({ mdns: event.currentTarget.checked })}
      />
      <div className={classes['stack']}>
        <h3 className={classes['label']}>{t.settings.relay}</h3>
        <SegmentedControl
          aria-label={t.settings.relay}
          aria-describedby={relayHint}
          value={settings.relay}
          disabled={set.busy}
          onChange={(relay) => set.run({ relay })}
          data={RELAY.map((value) => ({ value, label: t.settings.relays[value] }))}
          transitionDuration={120}
        />
        <p className={classes['hint']} id={relayHint}>
          {t.settings.relayHint[settings.relay]}
        </p>
      </div>
      <AddressLines
        label={t.settings.announce}
        hint={t.settings.announceHint}
        value={settings.announce}
        onSave={(announce) => save({ announce })}
      />
      <AddressLines
        label={t.settings.listen}
        hint={t.settings.listenHint}
        value={settings.listen}
        onSave={(listen) => save({ listen })}
      />
      <div className={classes['stack']}>
        <h3 className={classes['label']}>{t.settings.addresses}</h3>
        <p className={classes['hint']}>
          {status.addresses.length === 0 ? t.settings.noAddresses : t.settings.addressesHint}
        </p>
        {status.addresses.map((address) => (
          <CopyField key={address} value={address} label={t.settings.addresses} />
        ))}
      </div>
      <ConnectForm />
    </Panel>
  )
}

function ConnectForm() {
  const model = useModel()
  const [address, setAddress] = useState('')
  const connect = useAction(async () => {
    await model.call('peer.connect', { address: address.trim() })
    setAddress('')
    notifications.show({ message: t.settings.connected })
  })
  return (
    <form
      className={classes['row']}
      onSubmit={(event) => {
        event.preventDefault()
        if (address.trim() !== '') connect.run()
      }}
    >
      <TextInput
        label={t.settings.connect}
        placeholder={t.settings.connectPlaceholder}
        value={address}
        maxLength={512}
        spellCheck={false}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={connect.busy} disabled={address.trim() === ''}>
        {t.settings.connectButton}
      </Button>
    </form>
  )
}
