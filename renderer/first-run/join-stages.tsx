import { Button, Loader } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'

import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import type { JoinProgress } from '../state/peer-model.ts'
import { t } from '../strings/index.ts'
import classes from './join-stages.module.css'
import firstRun from './first-run.module.css'

const STAGES = ['finding', 'connecting', 'admitted', 'catching-up'] as const

/** What joining is at, with counts; never a spinner alone. */
export function JoinStages({ onCancel }: { readonly onCancel: () => void }) {
  const progress = useCell(useModel().join)
  const at = progress === null ? 0 : STAGES.indexOf(progress.stage)
  return (
    <div className={firstRun['form']}>
      <h1 className={firstRun['title']}>{t.firstRun.joining}</h1>
      <ol className={classes['stages']} aria-live="polite">
        {STAGES.map((stage, index) => (
          <li key={stage} className={classes['stage']} data-state={stateOf(index, at)}>
            <span className={classes['sign']} aria-hidden="true">
              {index < at ? <IconCheck size={16} stroke={2.5} /> : index === at ? <Loader size={16} /> : null}
            </span>
            <span>{t.firstRun.stages[stage]}</span>
            {index === at ? <span className={classes['count']}>{countOf(progress)}</span> : null}
          </li>
        ))}
      </ol>
      <p className={firstRun['quiet']}>{t.firstRun.joinLater}</p>
      <Button variant="default" onClick={onCancel}>
        {t.common.cancel}
      </Button>
    </div>
  )
}

function stateOf(index: number, at: number): 'done' | 'now' | 'later' {
  return index < at ? 'done' : index === at ? 'now' : 'later'
}

function countOf(progress: JoinProgress | null): string {
  return progress === null || progress.missing === null ? '' : t.firstRun.missing(progress.missing)
}
