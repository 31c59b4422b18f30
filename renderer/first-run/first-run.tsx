import { TextInput } from '@mantine/core'
import { useState } from 'react'

import type { PeerStatus } from '../../src/api/contract/index.ts'
import { Mark } from '../brand/mark.tsx'
import { openedLink } from '../connection/desktop-messages.ts'
import { LinkBanner } from '../frame/link-banner.tsx'
import { ThemeSwitch } from '../frame/theme-switch.tsx'
import { useCell } from '../state/cell.ts'
import { t } from '../strings/index.ts'
import { ChoiceCards } from './choice-cards.tsx'
import type { Choice } from './choice-cards.tsx'
import { Flock } from './flock.tsx'
import { JoinForm } from './join-form.tsx'
import { StartForm } from './start-form.tsx'
import classes from './first-run.module.css'

/** Half a minute from here to a swarm: name the machine, then start or join. */
export function FirstRun({ status }: { readonly status: PeerStatus }) {
  const link = useCell(openedLink)
  const [step, setStep] = useState<'choose' | Choice>(link === null ? 'choose' : 'join')
  const [seenLink, setSeenLink] = useState(link)
  const [machineName, setMachineName] = useState(status.name)
  if (link !== seenLink) {
    setSeenLink(link)
    if (link !== null) setStep('join')
  }
  const name = machineName.trim() === '' ? status.name : machineName.trim()
  const back = (): void => setStep('choose')

  return (
    <div className={classes['firstRun']}>
      <LinkBanner />
      <div className={classes['corner']}>
        <ThemeSwitch />
      </div>
      <Flock />
      <main className={classes['card']}>
        <div className={classes['brand']}>
          <Mark size={36} className={classes['mark'] ?? ''} />
          <span>{t.product}</span>
        </div>
        {step === 'choose' ? (
          <>
            <h1 className={classes['title']}>{t.firstRun.welcome}</h1>
            <p className={classes['lead']}>{t.firstRun.lead}</p>
            <TextInput
              label={t.firstRun.machineLabel}
              description={t.firstRun.machineHint}
              value={machineName}
              maxLength={200}
              size="md"
              onChange={(event) => setMachineName(event.currentTarget.value)}
            />
            <ChoiceCards onChoose={setStep} />
          </>
        ) : null}
        {step === 'start' ? <StartForm machineName={name} onBack={back} /> : null}
        {step === 'join' ? <JoinForm machineName={name} link={link} onBack={back} /> : null}
      </main>
    </div>
  )
}
