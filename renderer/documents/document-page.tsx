import { Button } from '@mantine/core'
import { Suspense, lazy, useCallback, useState } from 'react'

import { SheetScene } from '../brand/scenes.tsx'
import { hrefOf } from '../route/route.ts'
import { EmptyState } from '../shared/empty-state.tsx'
import { BarredButton } from '../shared/barred-button.tsx'
import { useAction } from '../shared/use-action.ts'
import { useWriteBar } from '../standing/write-bar.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { restoreDocument } from './delete-document.tsx'
import { DocumentHead } from './document-head.tsx'
import type { DocumentSession } from './document-session.ts'
import type { EditorHandle } from './editor/editor-handle.ts'
import { ResetNotice } from './reset-notice.tsx'
import { SaveProblem } from './save-problem.tsx'
import { useDocumentSession } from './use-document-session.ts'
import classes from './document-page.module.css'

const RichEditor = lazy(async () => ({ default: (await import('./editor/rich-editor.tsx')).RichEditor }))
const TextEditor = lazy(async () => ({ default: (await import('./editor/text-editor.tsx')).TextEditor }))

/** One document; the editor takes the page. */
export function DocumentPage({ id }: { readonly id: string }) {
  const session = useDocumentSession(id)
  return session === null ? <Opening /> : <OpenDocument id={id} session={session} />
}

function OpenDocument({ id, session }: { readonly id: string; readonly session: DocumentSession }) {
  const documents = useCell(useModel().documents)
  const state = useCell(session.state)
  const bar = useWriteBar()
  const known = documents?.find((document) => document.id === id)
  const [lastTitle, setLastTitle] = useState('')
  const [editor, setEditor] = useState<EditorHandle | null>(null)
  const title = known?.title ?? lastTitle
  if (known !== undefined && known.title !== lastTitle) setLastTitle(known.title)
  const onReady = useCallback((handle: EditorHandle) => setEditor(handle), [])

  switch (state.kind) {
    case 'opening':
      return <Opening />
    case 'gone':
      return <Gone id={id} title={title} known={lastTitle !== ''} />
    case 'failed':
      return (
        <EmptyState
          picture={<SheetScene />}
          title={t.documents.failedTitle}
          text={state.reason}
          action={<BackButton />}
        />
      )
    case 'open': {
      const { doc, awareness, documentKind, generation } = state
      const Editor = documentKind === 'rich' ? RichEditor : TextEditor
      return (
        <div className={classes['page']}>
          <DocumentHead
            id={id}
            title={title}
            kind={documentKind}
            session={session}
            awareness={awareness}
            editor={editor}
          />
          <ResetNotice session={session} />
          <SaveProblem session={session} />
          <div className={classes['paper']} data-kind={documentKind}>
            <Suspense fallback={<Opening />}>
              <Editor
                key={generation}
                doc={doc}
                awareness={awareness}
                title={title}
                readOnly={bar !== null}
                onReady={onReady}
              />
            </Suspense>
          </div>
        </div>
      )
    }
  }
}

function Opening() {
  return (
    <p className={classes['opening']} role="status">
      {t.documents.opening}
    </p>
  )
}

function BackButton() {
  return (
    <Button component="a" href={hrefOf({ page: 'documents', document: null })} variant="default">
      {t.documents.back}
    </Button>
  )
}

/** Deleted while it was open, or never here. */
function Gone({ id, title, known }: { readonly id: string; readonly title: string; readonly known: boolean }) {
  const model = useModel()
  const bar = useWriteBar()
  const restore = useAction(() => restoreDocument(model, { id, title }))
  return (
    <EmptyState
      picture={<SheetScene />}
      title={known ? t.documents.goneTitle : t.documents.missing}
      text={known ? t.documents.goneText : t.documents.missingText}
      action={
        known ? (
          <BarredButton bar={bar} loading={restore.busy} onClick={() => restore.run()}>
            {t.documents.restore}
          </BarredButton>
        ) : (
          <BackButton />
        )
      }
    />
  )
}
