import { SegmentedControl, useMantineColorScheme } from '@mantine/core'

import { SCHEMES } from '../frame/theme-switch.tsx'
import { Panel } from '../shared/panel.tsx'
import { t } from '../strings/index.ts'
import classes from './settings-page.module.css'

export function AppearanceSection() {
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Panel title={t.settings.appearance}>
      <SegmentedControl
        aria-label={t.settings.appearance}
        value={colorScheme}
        onChange={(value) => setColorScheme(value)}
        data={SCHEMES.map(({ scheme }) => ({ value: scheme, label: t.bar.themes[scheme] }))}
        transitionDuration={120}
      />
      <p className={classes['hint']}>{t.settings.appearanceHint}</p>
    </Panel>
  )
}
