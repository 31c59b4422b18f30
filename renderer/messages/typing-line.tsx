import { t } from '../strings/index.ts'
import classes from './typing-line.module.css'

interface TypingLineProps {
  readonly names: readonly string[]
  readonly mayWrite: boolean
}

/** Who types. Its line is always there, so that nothing jumps. */
export function TypingLine({ names, mayWrite }: TypingLineProps) {
  return (
    <p className={classes['line']}>
      {names.length === 0 ? (
        <span className={classes['hint']}>{mayWrite ? t.messages.hint : ''}</span>
      ) : (
        <>
          <span className={classes['dots']} aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          {t.messages.typing(names)}
        </>
      )}
    </p>
  )
}
