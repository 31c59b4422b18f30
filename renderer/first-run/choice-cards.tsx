import { UnstyledButton } from '@mantine/core'
import { IconArrowRight, IconPlus, IconTicket } from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'

import { t } from '../strings/index.ts'
import classes from './choice-cards.module.css'

export type Choice = 'start' | 'join' | 'recover'

const CHOICES: readonly {
  readonly step: Choice
  readonly icon: TablerIcon
  readonly title: string
  readonly text: string
}[] = [
  { step: 'start', icon: IconPlus, title: t.firstRun.startTitle, text: t.firstRun.startText },
  { step: 'join', icon: IconTicket, title: t.firstRun.joinTitle, text: t.firstRun.joinText },
]

export function ChoiceCards({ onChoose }: { readonly onChoose: (step: Choice) => void }) {
  return (
    <div className={classes['cards']}>
      {CHOICES.map(({ step, icon: Icon, title, text }) => (
        <UnstyledButton key={step} className={classes['card'] ?? ''} onClick={() => onChoose(step)}>
          <span className={classes['icon']}>
            <Icon size={22} aria-hidden="true" />
          </span>
          <span className={classes['body']}>
            <span className={classes['title']}>{title}</span>
            <span className={classes['text']}>{text}</span>
          </span>
          <IconArrowRight size={18} className={classes['arrow']} aria-hidden="true" />
        </UnstyledButton>
      ))}
      <button type="button" className={classes['lost']} onClick={() => onChoose('recover')}>
        {t.firstRun.lost}
      </button>
    </div>
  )
}
