import { Button, Tooltip } from '@mantine/core'
import type { ButtonProps } from '@mantine/core'

interface BarredButtonProps extends ButtonProps {
  /** Why it can't be used now; null: it can. */
  readonly bar: string | null
  readonly onClick: () => void
  readonly children: React.ReactNode
}

/** A button that says why it does nothing, and stays within reach of the keyboard for it. */
export function BarredButton({ bar, onClick, children, ...props }: BarredButtonProps) {
  if (bar === null) {
    return (
      <Button {...props} onClick={onClick}>
        {children}
      </Button>
    )
  }
  return (
    <Tooltip label={bar} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
      <Button {...props} data-disabled aria-disabled onClick={(event) => event.preventDefault()}>
        {children}
      </Button>
    </Tooltip>
  )
}
