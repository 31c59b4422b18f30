import { IconAlertTriangle, IconCheck, IconPointFilled, IconX } from '@tabler/icons-react'

import type { Tone } from '../health/health.ts'
import classes from './tone-icon.module.css'

const ICONS = { good: IconCheck, plain: IconPointFilled, attention: IconAlertTriangle, danger: IconX } as const

/** How a sentence is meant, by shape and colour both. Decoration: the sentence says it in words. */
export function ToneIcon({ tone, size = 20 }: { readonly tone: Tone; readonly size?: number }) {
  const Icon = ICONS[tone]
  return (
    <span className={classes['tone']} data-tone={tone} style={{ width: size, height: size }} aria-hidden="true">
      <Icon size={Math.round(size * 0.68)} stroke={2.4} />
    </span>
  )
}
