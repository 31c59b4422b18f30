import { CloseButton, UnstyledButton } from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { IconCheck, IconFilePlus, IconHash, IconUserPlus } from '@tabler/icons-react'

import type { PeerStatus } from '../../src/api/contract/index.ts'
import { createDocument } from '../documents/create-document.ts'
import { openDialog } from '../frame/dialog-state.ts'
import { useAction } from '../shared/use-action.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'
import classes from './try-panel.module.css'

/** Three things for somebody who has just arrived; gone once they are done, or hidden by hand. */
export function TryPanel({ status }: { readonly status: PeerStatus }) {
  const model = useModel()
  const channels = useCell(model.channels)
  const documents = useCell(model.documents)
  const [hidden, setHidden] = useLocalStorage({
    key: `murmuration:tried:${status.swarm?.swarmId ?? ''}`,
    defaultValue: false,
  })
  const bar = useWriteBar()
  const write = useAction(() => createDocument(model, 'rich'))
  if (channels === null || documents === null) return null
  const things = [
    {
      key: 'invite',
      icon: IconUserPlus,
      title: t.home.tryInvite,
      text: t.home.tryInviteText,
      done: !status.alone,
      start: () => openDialog('invite'),
    },
    {
      key: 'document',
      icon: IconFilePlus,
      title: t.home.tryDocument,
      text: t.home.tryDocumentText,
      done: documents.length > 0,
      start: () => write.run(),
    },
    {
      key: 'channel',
      icon: IconHash,
      title: t.home.tryChannel,
      text: t.home.tryChannelText,
      done: channels.length > 0,
      start: () => openDialog('new-channel'),
    },
  ]
  // Who may not write has nothing to try.
  if (hidden || bar !== null || things.every((thing) => thing.done)) return null
  return (
    <section className={classes['panel']} aria-label={t.home.tryTitle}>
      <header className={classes['head']}>
        <h2 className={classes['title']}>{t.home.tryTitle}</h2>
        <CloseButton aria-label={t.home.dismissTry} title={t.home.dismissTry} onClick={() => setHidden(true)} />
      </header>
      <div className={classes['things']}>
        {things.map(({ key, icon: Icon, title, text, done, start }) => (
          <UnstyledButton key={key} className={classes['thing'] ?? ''} data-done={done || undefined} onClick={start}>
            <span className={classes['icon']}>
              {done ? <IconCheck size={20} aria-hidden="true" /> : <Icon size={20} aria-hidden="true" />}
            </span>
            <span>
              <span className={classes['name']}>{title}</span>
              <span className={classes['text']}>{text}</span>
            </span>
          </UnstyledButton>
        ))}
      </div>
    </section>
  )
}
