import { memo } from 'react'

import { formatDay } from '../format/times.ts'
import { t } from '../strings/index.ts'
import { useNow } from '../time/clock.ts'
import type { LogItem } from './grouping.ts'
import { MessageGroup } from './message-group.tsx'
import classes from './message-log.module.css'

export const LogItems = memo(function LogItems({ items }: { readonly items: readonly LogItem[] }) {
  return items.map((item) => {
    switch (item.kind) {
      case 'day':
        return <Day key={item.key} at={item.at} />
      case 'new':
        return (
          <div key={item.key} className={classes['new']} role="separator" aria-label={t.messages.newMarker}>
            <span>{t.messages.newMarker}</span>
          </div>
        )
      case 'group':
        return <MessageGroup key={item.key} messages={item.messages} />
    }
  })
})

function Day({ at }: { readonly at: number }) {
  const now = useNow()
  return <h3 className={classes['day']}>{formatDay(at, now)}</h3>
}
