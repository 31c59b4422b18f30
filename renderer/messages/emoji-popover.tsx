import { Popover } from '@mantine/core'

import { EmojiGrid } from './emoji-grid.tsx'

interface EmojiPopoverProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly onPick: (emoji: string) => void
  readonly target: React.ReactNode
}

export function EmojiPopover({ opened, onClose, onPick, target }: EmojiPopoverProps) {
  return (
    <Popover
      withRoles={false}
      opened={opened}
      onChange={(open) => (open ? undefined : onClose())}
      position="top-end"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <span style={{ display: 'inline-flex' }}>{target}</span>
      </Popover.Target>
      <Popover.Dropdown p={8}>
        <EmojiGrid
          onPick={(emoji) => {
            onClose()
            onPick(emoji)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}
