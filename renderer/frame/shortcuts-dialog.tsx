import { Kbd, Modal } from '@mantine/core'

import { t } from '../strings/index.ts'
import { ALT_KEY, COMMAND_KEY } from './platform.ts'
import classes from './shortcuts-dialog.module.css'

const SHORTCUTS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [[COMMAND_KEY, 'K'], t.shortcuts.palette],
  [[ALT_KEY, '1 … 5'], t.shortcuts.pages],
  [[ALT_KEY, ','], t.shortcuts.settings],
  [['?'], t.shortcuts.help],
  [['Enter'], t.shortcuts.send],
  [['Shift', 'Enter'], t.shortcuts.newline],
  [['↑'], t.shortcuts.editLast],
  [['Esc'], t.shortcuts.leaveEdit],
  [[COMMAND_KEY, 'Z'], t.shortcuts.undo],
  [['/'], t.shortcuts.slash],
]

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={t.shortcuts.title} closeButtonProps={{ 'aria-label': t.common.close }}>
      <dl className={classes['list']}>
        {SHORTCUTS.map(([keys, what]) => (
          <div key={what} className={classes['row']}>
            <dt>{what}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  )
}
