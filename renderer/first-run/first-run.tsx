import { useEffect, useState } from 'react'

import type { PeerStatus, Settings } from '../../src/api/contract/index.ts'
import { Mark } from '../brand/mark.tsx'
import { openedLink } from '../connection/desktop-messages.ts'
import { LinkBanner } from '../frame/link-banner.tsx'
import { ThemeSwitch } from '../frame/theme-switch.tsx'
import { redirect } from '../route/route.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { ChoiceCards } from './choice-cards.tsx'
import type { Choice } from './choice-cards.tsx'
import { Flock } from './flock.tsx'
import { JoinForm } from './join-form.tsx'
import { JoinStages } from './join-stages.tsx'
import { NameFields } from './name-fields.tsx'
import type { Names } from './name-fields.tsx'
import { RecoverForm } from './recover-form.tsx'
import { StartForm } from './start-form.tsx'
import classes from './first-run.module.css'

/** Half a minute from here to a swarm: name oneself and the machine, then start, join or come back. */
export function FirstRun({ status }: { readonly status: PeerStatus }) {
  const joining = useCell(useModel().joining.state)
  // No page of a swarm that is left is a place in the next one.
  useEffect(() => redirect({ page: 'home' }), [])
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
        {joining.kind === 'running' ? <JoinStages progress={joining.progress} isIn={joining.isIn} /> : null}
        {/* What was typed stays while a stage is shown, for a join that fails. */}
        <div hidden={joining.kind === 'running'}>
          <Steps status={status} />
        </div>
      </main>
    </div>
  )
}

function Steps({ status }: { readonly status: PeerStatus }) {
  const model = useModel()
  const link = useCell(openedLink)
  const [step, setStep] = useState<'choose' | Choice>(link === null ? 'choose' : 'join')
  const [seenLink, setSeenLink] = useState(link)
  const [typed, setTyped] = useState<Partial<Names>>({})
  const settings = useSettings()
  if (link !== seenLink) {
    setSeenLink(link)
    if (link !== null) setStep('join')
  }
  const given = { personName: settings?.personName ?? '', machineName: status.name }
  const shown = { ...given, ...typed }
  const names = {
    personName: shown.personName.trim() || given.personName,
    machineName: shown.machineName.trim() || given.machineName,
  }
  const change = (next: 'choose' | Choice): void => {
    model.joining.dismiss()
    setStep(next)
  }
  const back = (): void => change('choose')

  switch (step) {
    case 'choose':
      return (
        <>
          <h1 className={classes['title']}>{t.firstRun.welcome}</h1>
          <p className={classes['lead']}>{t.firstRun.lead}</p>
          <NameFields names={shown} onChange={setTyped} />
          <ChoiceCards onChoose={change} />
        </>
      )
    case 'start':
      return <StartForm names={names} onBack={back} />
    case 'join':
      return <JoinForm names={names} link={link} onBack={back} />
    case 'recover':
      return <RecoverForm names={names} onBack={back} />
  }
}

/** What the system says the person and the machine are called. */
function useSettings(): Settings | null {
  const model = useModel()
  const [settings, setSettings] = useState<Settings | null>(null)
  useEffect(
    () =>
      model.attach((client) => {
        client.call('settings.get', {}).then(setSettings, () => undefined)
        return () => undefined
      }),
    [model],
  )
  return settings
}
