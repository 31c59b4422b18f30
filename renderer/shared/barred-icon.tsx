import { ActionIcon, Tooltip } from '@mantine/core'
import type { ActionIconProps } from '@mantine/core'

interface BarredIconProps extends ActionIconProps {
  readonly label: string
  /** Why it can't be used now; null: it can. */
  readonly bar: string | null
  readonly onClick: () => void
  readonly children: React.ReactNode
}

/** The same as a barred button, as an icon whose label shows when it is pointed at. */
export function BarredIcon({ label, bar, onClick, children, ...props }: BarredIconProps) {
  return (
    <Tooltip
      label={bar === null ? label : `${label}: ${bar}`}
      multiline
      maw={280}
      events={{ hover: true, focus: bar !== null, touch: bar !== null }}
    >
      <ActionIcon
        {...props}
        aria-label={label}
        {...(bar === null ? {} : { 'data-disabled': true, 'aria-disabled': true })}
        onClick={(event) => {
          if (bar === null) onClick()
          else event.preventDefault()
        }}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  )
}
