import { formatAgo, formatExact } from '../format/times.ts'
import { useNow } from '../time/clock.ts'

/** '2 min ago', the exact time on hover. */
export function Ago({ at, className }: { readonly at: number; readonly className?: string }) {
  const now = useNow()
  return (
    <time className={className} dateTime={new Date(at).toISOString()} title={formatExact(at)}>
      {formatAgo(at, now)}
    </time>
  )
}
