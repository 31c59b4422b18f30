/** Every message carries this attribute; Up and Down go from one to the next. */
export const MESSAGE_ATTRIBUTE = 'data-message'

/** The list is one stop for Tab; arrows, Home and End move within it. */
export function useRovingFocus(ref: React.RefObject<HTMLElement | null>): (event: React.KeyboardEvent) => void {
  return (event) => {
    const { target } = event
    const list = ref.current
    if (list === null || !(target instanceof HTMLElement)) return
    if (target !== list && !target.hasAttribute(MESSAGE_ATTRIBUTE)) return
    const all = [...list.querySelectorAll<HTMLElement>(`[${MESSAGE_ATTRIBUTE}]`)]
    // From the list itself, Up leads to the newest.
    const next = all[nextIndex(event.key, target === list ? all.length : all.indexOf(target), all.length)]
    if (next === undefined) return
    event.preventDefault()
    next.focus()
  }
}

function nextIndex(key: string, index: number, count: number): number {
  switch (key) {
    case 'ArrowUp':
      return index - 1
    case 'ArrowDown':
      return index + 1
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return -1
  }
}
