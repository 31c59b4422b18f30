import { ActionIcon, Tooltip } from '@mantine/core'
import { IconArrowBackUp, IconArrowForwardUp, IconArrowLeft } from '@tabler/icons-react'
import type { Awareness } from 'y-protocols/awareness'

import type { DocumentSummary } from '../../src/api/contract/index.ts'
import { hrefOf } from '../route/route.ts'
import { BarredIcon } from '../shared/barred-icon.tsx'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'
import type { DocumentSession } from './document-session.ts'
import type { EditorHandle } from './editor/editor-handle.ts'
import { EditorMenu } from './editor-menu.tsx'
import { AvatarRow } from './present-avatars.tsx'
import { ReadOnlySign } from './read-only-sign.tsx'
import { SaveSign } from './save-sign.tsx'
import { TitleField } from './title-field.tsx'
import { usePresent } from './use-present.ts'
import classes from './document-head.module.css'

interface DocumentHeadProps {
  readonly id: string
  readonly title: string
  readonly kind: DocumentSummary['kind']
  readonly session: DocumentSession
  readonly awareness: Awareness
  readonly editor: EditorHandle | null
}

/** The title, whether it is saved, who is here, and what can be done. */
export function DocumentHead({ id, title, kind, session, awareness, editor }: DocumentHeadProps) {
  const present = usePresent(awareness)
  const bar = useWriteBar()
  return (
    <header className={classes['head']}>
      <Tooltip label={t.documents.back}>
        <ActionIcon
          component="a"
          href={hrefOf({ page: 'documents', document: null })}
          size={34}
          aria-label={t.documents.back}
        >
          <IconArrowLeft size={20} stroke={1.75} />
        </ActionIcon>
      </Tooltip>
      <TitleField key={id} id={id} title={title} onEnter={() => editor?.focus()} />
      {bar === null ? <SaveSign session={session} /> : <ReadOnlySign why={bar} />}
      <div className={classes['tools']}>
        <AvatarRow people={present} />
        <BarredIcon size={34} label={t.documents.undo} bar={bar} onClick={() => editor?.undo()}>
          <IconArrowBackUp size={20} stroke={1.75} />
        </BarredIcon>
        <BarredIcon size={34} label={t.documents.redo} bar={bar} onClick={() => editor?.redo()}>
          <IconArrowForwardUp size={20} stroke={1.75} />
        </BarredIcon>
        <EditorMenu id={id} title={title} kind={kind} editor={editor} />
      </div>
    </header>
  )
}
