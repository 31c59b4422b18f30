import { Tooltip } from '@mantine/core'

import { colourValue } from '../theme/people-colours.ts'
import classes from './split-bar.module.css'

export interface Part {
  readonly key: string
  readonly name: string
  readonly amount: number
  /** The amount in words. */
  readonly said: string
  readonly colour: number
}

/** So many need their room for themselves. */
const MANY = 16

/** One bar, split by who gives how much. */
export function SplitBar({ label, parts }: { readonly label: string; readonly parts: readonly Part[] }) {
  const spoken = `${label}: ${parts.map((part) => `${part.name} ${part.said}`).join(', ')}`
  return (
    <div className={classes['bar']} data-crowded={parts.length > MANY || undefined} role="img" aria-label={spoken}>
      {parts.map((part) => (
        <Tooltip key={part.key} label={`${part.name}: ${part.said}`}>
          <span className={classes['part']} style={{ flexGrow: part.amount, background: colourValue(part.colour) }} />
        </Tooltip>
      ))}
    </div>
  )
}
