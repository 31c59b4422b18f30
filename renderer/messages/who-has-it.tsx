import { Popover } from '@mantine/core'

import type { Message } from '../../src/api/contract/index.ts'
import { ToneIcon } from '../shared/tone-icon.tsx'
import { t } from '../strings/index.ts'
import { useMessageActions } from './message-context.ts'
import classes from './who-has-it.module.css'

interface WhoHasItProps {
  readonly message: Message
  readonly opened: boolean
  readonly onClose: () => void
  readonly target: React.ReactNode
}

/** 'On 4 of 5 machines: not yet on carol’s desktop.' */
export function WhoHasIt({ message, opened, onClose, target }: WhoHasItProps) {
  const { copies, machines, notOn, waitingOn } = message
  const { isOpen } = useMessageActions()
  const everywhere = copies >= machines
  return (
    <Popover
      withRoles={false}
      opened={opened}
      onChange={(open) => (open ? undefined : onClose())}
      position="bottom-end"
      width={280}
      trapFocus={false}
    >
      <Popover.Target>
        <span className={classes['target']}>{target}</span>
      </Popover.Target>
      <Popover.Dropdown>
        <p className={classes['text']} role="status">
          <ToneIcon tone={everywhere ? 'good' : copies > 1 ? 'plain' : 'attention'} />
          <span>
            {everywhere ? t.messages.whoAll(machines, { isOpen }) : t.messages.whoSome(copies, machines, notOn)}
            {waitingOn.length > 0 ? ` ${t.messages.waitingOn(waitingOn)}` : ''}
          </span>
        </p>
      </Popover.Dropdown>
    </Popover>
  )
}
