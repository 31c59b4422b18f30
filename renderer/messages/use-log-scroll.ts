import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

import type { Message } from '../../src/api/contract/index.ts'
import type { ChannelLog } from '../state/channel-log.ts'

/** Closer to the end than this counts as at the end. */
const NEAR_END_PX = 48
/** Older ones are asked for this far before the top is reached. */
const NEAR_TOP_PX = 600

interface LogScrollOptions {
  readonly log: ChannelLog
  readonly messages: readonly Message[]
  readonly pending: number
}

export interface LogScroll {
  readonly ref: React.RefObject<HTMLDivElement | null>
  readonly onScroll: () => void
  /** Not at the end. */
  readonly away: boolean
  /** Messages that came since. */
  readonly unseen: number
  readonly toEnd: () => void
}

/** Stays at the end while it is there, stays where it is while it is not, also when older ones come in above. */
export function useLogScroll({ log, messages, pending }: LogScrollOptions): LogScroll {
  const ref = useRef<HTMLDivElement>(null)
  const atEnd = useRef(log.scroll === null)
  const fromEnd = useRef(log.scroll ?? 0)
  const [away, setAway] = useState(log.scroll !== null)
  const [seenLast, setSeenLast] = useState<string | null>(null)
  const first = messages[0]?.id
  const last = messages.at(-1)?.id

  const settle = useCallback(() => {
    const element = ref.current
    if (element === null) return
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX
    fromEnd.current = element.scrollHeight - element.scrollTop
    log.scroll = atEnd.current ? null : fromEnd.current
    setAway(!atEnd.current)
  }, [log])

  const toEnd = useCallback(() => {
    const element = ref.current
    if (element === null) return
    element.scrollTop = element.scrollHeight
    atEnd.current = true
    log.scroll = null
    setAway(false)
    log.trim()
  }, [log])

  // What comes in above must not move what is being read: the distance to the end stays.
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    element.scrollTop = atEnd.current ? element.scrollHeight : element.scrollHeight - fromEnd.current
  }, [first])

  // What comes in below is followed only from the end; one's own is always followed.
  useLayoutEffect(() => {
    const element = ref.current
    if (element === null) return
    if (atEnd.current) element.scrollTop = element.scrollHeight
    fromEnd.current = element.scrollHeight - element.scrollTop
  }, [last, messages])
  useLayoutEffect(() => {
    if (pending > 0) toEnd()
  }, [pending, toEnd])

  // Pictures of text change their height: the window, the composer, an edit.
  useEffect(() => {
    const element = ref.current
    const content = element?.firstElementChild
    if (element === null || content === null || content === undefined) return
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight
    })
    observer.observe(element)
    observer.observe(content)
    return () => observer.disconnect()
  }, [])

  useMarkRead({ log, last, atEnd: !away })
  useEffect(() => {
    if (!away) setSeenLast(last ?? null)
  }, [away, last])
  const onScroll = useCallback(() => {
    settle()
    if (ref.current !== null && ref.current.scrollTop < NEAR_TOP_PX) void log.loadOlder()
  }, [settle, log])
  useEffect(() => {
    const element = ref.current
    if (element !== null && element.scrollHeight <= element.clientHeight) void log.loadOlder()
  }, [first, log])

  const seenIndex = messages.findIndex((message) => message.id === seenLast)
  return { ref, onScroll, away, unseen: away && seenIndex >= 0 ? messages.length - 1 - seenIndex : 0, toEnd }
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
