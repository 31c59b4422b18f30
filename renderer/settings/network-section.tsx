import { Button, Switch, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useState } from 'react'

import type { PeerStatus } from '../../src/api/contract/index.ts'
import { CopyField } from '../shared/copy-field.tsx'
import { Panel } from '../shared/panel.tsx'
import { useAction } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import type { SectionProps } from './machine-section.tsx'
import classes from './settings-page.module.css'

export function NetworkSection({ settings, status, onChange }: SectionProps & { readonly status: PeerStatus }) {
  const model = useModel()
  const setMdns = useAction(async (mdns: boolean) => onChange(await model.call('settings.set', { mdns })))
  return (
    <Panel title={t.settings.network}>
      <Switch
        label={t.settings.mdns}
        description={t.settings.mdnsHint}
        checked={settings.mdns}
        disabled={setMdns.busy}
        onChange={(event) => setMdns.run(event.currentTarget.checked)}
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
