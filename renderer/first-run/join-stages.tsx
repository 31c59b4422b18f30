import { Button, Loader, VisuallyHidden } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useEffect, useRef } from 'react'

import type { JoinProgress } from '../../src/api/contract/index.ts'
import { formatCount } from '../format/numbers.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { TriedList } from './tried-list.tsx'
import classes from './join-stages.module.css'
import firstRun from './first-run.module.css'

const STAGES = ['finding', 'connecting', 'admitting', 'catching-up'] as const

interface JoinStagesProps {
  readonly progress: JoinProgress | null
  /** It belongs to the swarm already; what is left is to fetch. */
  readonly isIn: boolean
}

/** What joining is at, with counts; never a spinner alone. */
export function JoinStages({ progress, isIn }: JoinStagesProps) {
  const { joining } = useModel()
  const at = stageOf(progress)
  const tried = progress?.tried ?? []
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <div className={firstRun['form']}>
      <h1 className={firstRun['title']} ref={heading} tabIndex={-1}>
        {progress === null || progress.swarm === '' ? t.firstRun.joining : t.firstRun.joiningSwarm(progress.swarm)}
      </h1>
      <ol className={classes['stages']}>
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
      {/* The stages are told, their counts are not: those change several times a second. */}
      <VisuallyHidden role="status">{t.firstRun.stages[STAGES[at] ?? 'catching-up']}</VisuallyHidden>
      <Share progress={progress} />
      {tried.length === 0 || at > 1 ? null : <TriedList tried={tried} />}
      {isIn ? (
        <>
          <p className={firstRun['quiet']}>{t.firstRun.openNowHint}</p>
          <Button onClick={() => joining.dismiss()}>{t.firstRun.openNow}</Button>
        </>
      ) : (
        <>
          <p className={firstRun['quiet']}>{t.firstRun.cancelHint}</p>
          <Button variant="default" onClick={() => joining.cancel()}>
            {t.common.cancel}
          </Button>
        </>
      )}
    </div>
  )
}

/** How much of what is known to exist is here. */
function Share({ progress }: { readonly progress: JoinProgress | null }) {
  if (progress?.stage !== 'catching-up' || progress.received === null || !progress.total) return null
  return (
    <progress
      className={classes['share']}
      aria-label={t.firstRun.stages['catching-up']}
      value={progress.received}
      max={progress.total}
    />
  )
}

function stageOf(progress: JoinProgress | null): number {
  if (progress === null) return 0
  return progress.stage === 'done' ? STAGES.length : STAGES.indexOf(progress.stage)
}

function stateOf(index: number, at: number): 'done' | 'now' | 'later' {
  return index < at ? 'done' : index === at ? 'now' : 'later'
}

function countOf(progress: JoinProgress | null): string {
  if (progress === null) return ''
  const { received, stage, total, tried } = progress
  if (stage === 'catching-up')
    return received === null || total === null ? '' : t.firstRun.count(formatCount(received), formatCount(total))
  return tried.length === 0 ? '' : t.firstRun.trying(tried.length)
}
