import { useId } from 'react'

import classes from './panel.module.css'

interface PanelProps {
  readonly title: string
  /** Stands at the right of the title. */
  readonly aside?: React.ReactNode
  readonly className?: string | undefined
  readonly id?: string
  /** It is what somebody came for. */
  readonly highlighted?: boolean
  readonly children: React.ReactNode
}

/** A titled surface. */
export function Panel({ title, aside, className, id, highlighted = false, children }: PanelProps) {
  const heading = useId()
  return (
    <section
      className={`${classes['panel']} ${className ?? ''}`}
      aria-labelledby={heading}
      id={id}
      data-highlighted={highlighted || undefined}
      tabIndex={id === undefined ? undefined : -1}
    >
      <header className={classes['head']}>
        <h2 className={classes['title']} id={heading}>
          {title}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
