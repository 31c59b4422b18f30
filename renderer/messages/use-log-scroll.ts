import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

import type { Message } from '../../src/api/contract/index.ts'
import type { ChannelLog } from '../state/channel-log.ts'

/** Closer to the end than this counts as at the end. */
const NEAR_END_PX = 48
/** Older ones are asked for this far before the top is reached. */
const NEAR_TOP_PX = 600

interface LogScrollOptions {
  readonly scroller: React.RefObject<HTMLDivElement | null>
  readonly log: ChannelLog
  readonly messages: readonly Message[]
  /** How many wait to be saved. */
  readonly pending: number
}

export interface LogScroll {
  readonly onScroll: () => void
  /** Not at the end. */
  readonly away: boolean
  /** Messages that came since. */
  readonly unseen: number
  readonly toEnd: () => void
}

/** Stays at the end while it is there, stays where it is while it is not, also when older ones come in above. */
export function useLogScroll({ scroller, log, messages, pending }: LogScrollOptions): LogScroll {
  const atEnd = useRef(log.scroll === null)
  const fromEnd = useRef(log.scroll ?? 0)
  const shown = useRef<{ readonly first: string | undefined; readonly pending: number }>({
    first: undefined,
    pending: 0,
  })
  const [away, setAway] = useState(log.scroll !== null)
  /** The newest that was seen before scrolling up. */
  const [seen, setSeen] = useState<string | undefined>(undefined)
  const last = messages.at(-1)?.id

  const toEnd = useCallback(() => {
    const element = scroller.current
    if (element === null) return
    element.scrollTo({ top: element.scrollHeight })
    atEnd.current = true
    log.leftAt(null)
    setAway(false)
    log.trim()
    // An effect calls it, so it has to stay the same; the compiler that the rule is for is not used.
    // oxlint-disable-next-line react/preserve-manual-memoization
  }, [scroller, log])

  const onScroll = useCallback(() => {
    const element = scroller.current
    if (element === null) return
    const wasAtEnd = atEnd.current
    fromEnd.current = element.scrollHeight - element.scrollTop
    atEnd.current = fromEnd.current - element.clientHeight < NEAR_END_PX
    log.leftAt(atEnd.current ? null : fromEnd.current)
    if (wasAtEnd && !atEnd.current) setSeen(last)
    setAway(!atEnd.current)
    if (element.scrollTop < NEAR_TOP_PX) void log.loadOlder()
    // oxlint-disable-next-line react/preserve-manual-memoization
  }, [scroller, log, last])

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const first = messages[0]?.id
    const grewAbove = first !== shown.current.first
    // One's own words are always followed.
    const spoke = pending > shown.current.pending
    shown.current = { first, pending }
    if (spoke) toEnd()
    else if (atEnd.current) element.scrollTo({ top: element.scrollHeight })
    // What comes in above must not move what is being read: the distance to the end stays.
    else if (grewAbove) element.scrollTo({ top: element.scrollHeight - fromEnd.current })
    fromEnd.current = element.scrollHeight - element.scrollTop
    if (element.scrollHeight <= element.clientHeight) void log.loadOlder()
  }, [scroller, log, messages, pending, toEnd])

  useFollowSize({ scroller, atEnd })
  useMarkRead({ log, last, atEnd: !away })

  const seenIndex = messages.findIndex((message) => message.id === seen)
  return { onScroll, away, unseen: away && seenIndex >= 0 ? messages.length - 1 - seenIndex : 0, toEnd }
}

/** The window, the composer, an edit: whatever changes the height, the end stays in view where it was. */
function useFollowSize(options: {
  readonly scroller: React.RefObject<HTMLDivElement | null>
  readonly atEnd: React.RefObject<boolean>
}): void {
  const { scroller, atEnd } = options
  useEffect(() => {
    const element = scroller.current
    const content = element?.firstElementChild
    if (element === null || content === null || content === undefined) return
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTo({ top: element.scrollHeight })
    })
    observer.observe(element)
    observer.observe(content)
    return () => observer.disconnect()
  }, [scroller, atEnd])
}

/** Read is what was at the end of the page while somebody looked at it. */
function useMarkRead({ log, last, atEnd }: { log: ChannelLog; last: string | undefined; atEnd: boolean }): void {
  useEffect(() => {
    if (last === undefined || !atEnd) return
    const mark = (): void => {
      if (document.visibilityState === 'visible' && document.hasFocus()) log.markRead()
    }
    mark()
    window.addEventListener('focus', mark)
    return () => window.removeEventListener('focus', mark)
  }, [log, last, atEnd])
}
