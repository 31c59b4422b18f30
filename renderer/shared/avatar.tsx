import { colourValue } from '../theme/people-colours.ts'
import { initials } from './avatar-initials.ts'
import classes from './avatar.module.css'

interface AvatarProps {
  readonly name: string
  readonly colour: number
  readonly size?: number
  /** Hollow: it is away. */
  readonly away?: boolean
}

/** A machine or person as a disc with its initials. Decoration beside a name; where it stands alone, give it a label around it. */
export function Avatar({ name, colour, size = 32, away = false }: AvatarProps) {
  return (
    <span
      className={classes['avatar']}
      data-away={away || undefined}
      style={{ '--size': `${size}px`, '--colour': colourValue(colour) } as React.CSSProperties}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  )
}
