import { useRef } from 'react'

import { t } from '../strings/index.ts'
import classes from './emoji-grid.module.css'
import { COLUMNS, EMOJI } from './emoji.ts'

/** A small set, most used first. Arrow keys move, Enter picks. */
export function EmojiGrid({ onPick }: { readonly onPick: (emoji: string) => void }) {
  const grid = useRef<HTMLDivElement>(null)
  const move = (event: React.KeyboardEvent): void => {
    const step = STEPS[event.key]
    if (step === undefined || grid.current === null) return
    event.preventDefault()
    const buttons = [...grid.current.querySelectorAll('button')]
    const index = buttons.findIndex((button) => button === document.activeElement)
    buttons[Math.min(buttons.length - 1, Math.max(0, index + step))]?.focus()
  }
  return (
    // The keys move among the buttons inside.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div className={classes['grid']} ref={grid} role="group" aria-label={t.messages.emoji} onKeyDown={move}>
      {EMOJI.map((emoji, index) => (
        <button
          key={emoji}
          type="button"
          className={classes['emoji']}
          tabIndex={index === 0 ? 0 : -1}
          aria-label={t.messages.addReaction(emoji)}
          onClick={() => onPick(emoji)}
        >
          {emoji}
        </button>
      ))}
    </div>
  )
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -COLUMNS,
  ArrowDown: COLUMNS,
}
