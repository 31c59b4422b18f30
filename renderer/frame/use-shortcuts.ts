import { spotlight } from '@mantine/spotlight'
import { useEffect } from 'react'

import { navigate } from '../route/route.ts'
import { openDialog, openedDialog } from './dialog-state.ts'
import { DESTINATIONS, SETTINGS } from './navigation.ts'

/** Keys that work on every page. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || openedDialog.value !== null) return
      if (event.ctrlKey || event.metaKey) openPalette(event)
      else if (event.altKey) goTo(event)
      else if (event.key === '?' && !typesInto(event.target)) {
        event.preventDefault()
        openDialog('shortcuts')
      }
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [])
}

function openPalette(event: KeyboardEvent): void {
  if (event.key.toLowerCase() !== 'k' || event.shiftKey || event.altKey || selectsText(event.target)) return
  event.preventDefault()
  spotlight.toggle()
}

/** With text selected in a document the same key makes a link of it. */
function selectsText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.isContentEditable && window.getSelection()?.isCollapsed === false
}

function goTo(event: KeyboardEvent): void {
  const number = /^Digit([1-9])$/.exec(event.code)?.[1]
  const destination =
    event.code === 'Comma' ? SETTINGS : number === undefined ? undefined : DESTINATIONS[Number(number) - 1]
  if (destination === undefined) return
  event.preventDefault()
  navigate(destination.route)
}

function typesInto(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)
  )
}
