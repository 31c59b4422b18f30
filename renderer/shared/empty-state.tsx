import classes from './empty-state.module.css'

interface EmptyStateProps {
  readonly picture: React.ReactNode
  readonly title?: string
  readonly text: string
  /** One button. */
  readonly action?: React.ReactNode
}

/** One picture, one sentence, one button. */
export function EmptyState({ picture, title, text, action }: EmptyStateProps) {
  return (
    <div className={classes['empty']}>
      {picture}
      {title === undefined ? null : <h2 className={classes['title']}>{title}</h2>}
      <p className={classes['text']}>{text}</p>
      {action}
    </div>
  )
}
