import { colourValue } from '../../theme/people-colours.ts'

/** A cursor of somebody else, in their colour of this theme. The label shows while they type and on hover. */
export function remoteCursor(user: {
  readonly name: string
  readonly color: string
  readonly [key: string]: unknown
}): HTMLElement {
  const colour = typeof user['colour'] === 'number' ? colourValue(user['colour']) : user.color
  const base = document.createElement('span')
  base.className = 'bn-collaboration-cursor__base'
  const caret = document.createElement('span')
  caret.className = 'bn-collaboration-cursor__caret'
  caret.contentEditable = 'false'
  caret.style.backgroundColor = colour
  const label = document.createElement('span')
  label.className = 'bn-collaboration-cursor__label'
  label.style.backgroundColor = colour
  label.textContent = user.name
  caret.append(label)
  // Word joiners keep the caret from opening a place where the line could break.
  base.append('\u2060', caret, '\u2060')
  return base
}
