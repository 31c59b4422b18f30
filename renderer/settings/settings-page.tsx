import { useEffect, useState } from 'react'

import type { Settings } from '../../src/api/contract/index.ts'
import { Page } from '../shared/page.tsx'
import { useModel, useStatus } from '../state/model-context.ts'
import { AboutSection } from './about-section.tsx'
import { AppearanceSection } from './appearance-section.tsx'
import { NetworkSection } from './network-section.tsx'
import { ProfileSection } from './profile-section.tsx'
import { RecoverySection } from './recovery-section.tsx'
import { StorageSection } from './storage-section.tsx'
import classes from './settings-page.module.css'

export function SettingsPage() {
  const model = useModel()
  const status = useStatus()
  const [settings, setSettings] = useState<Settings | null>(null)
  useEffect(
    () =>
      model.attach((client) => {
        client.call('settings.get', {}).then(setSettings, () => undefined)
        return () => undefined
      }),
    [model],
  )
  if (status === null || settings === null) return null
  return (
    <Page narrow>
      <div className={classes['sections']}>
        <ProfileSection settings={settings} status={status} onChange={setSettings} />
        <AppearanceSection />
        <NetworkSection settings={settings} status={status} onChange={setSettings} />
        {status.swarm === null || status.swarm.role === 'helper' ? null : <RecoverySection />}
        <StorageSection status={status} />
        <AboutSection status={status} />
      </div>
    </Page>
  )
}
