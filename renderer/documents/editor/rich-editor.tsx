import { withCollaboration } from '@blocknote/core/yjs'
import { filterSuggestionItems } from '@blocknote/core/extensions'
import { BlockNoteView } from '@blocknote/mantine'
import '@blocknote/mantine/blocknoteStyles.css'
import { SuggestionMenuController, getDefaultReactSlashMenuItems, useCreateBlockNote } from '@blocknote/react'
import { useComputedColorScheme } from '@mantine/core'
import { useEffect, useMemo } from 'react'
import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'

import { t } from '../../strings/index.ts'
import { RICH } from '../empty-rich.ts'
import type { EditorUser } from '../session-state.ts'
import { htmlPage } from './html-page.ts'
import type { EditorHandle, EditorProps, ExportFormat } from './editor-handle.ts'
import { schema } from './labelled-check-list.ts'
import { keepOneGroup } from './one-group.ts'
import { remoteCursor } from './remote-cursor.ts'
import './rich-editor.css'

/** Files have no place in a document yet, and nothing is loaded from the network. */
const WITHOUT = new Set(['image', 'video', 'audio', 'file'])
/** BlockNote's own types do not hold under exactOptionalPropertyTypes; this is the shape that its view takes. */
type ViewEditor = React.ComponentProps<typeof BlockNoteView>['editor']

const FORMATS: readonly ExportFormat[] = ['markdown', 'html']

interface RichEditorProps extends EditorProps {
  readonly doc: Y.Doc
  readonly awareness: Awareness
}

/** Runs while the component is drawn for the first time, for the editor is bound in the same breath. */
function useTidy(doc: Y.Doc): void {
  const undo = useMemo(() => keepOneGroup(doc.getXmlFragment(RICH)), [doc])
  useEffect(() => undo, [undo])
}

/** Rich text in blocks, everybody's at once. */
export function RichEditor({ doc, awareness, title, readOnly, onReady }: RichEditorProps) {
  const theme = useComputedColorScheme('light')
  useTidy(doc)
  const editor = useCreateBlockNote(
    withCollaboration({
      schema,
      collaboration: {
        fragment: doc.getXmlFragment(RICH),
        provider: { awareness },
        user: awareness.getLocalState()?.['user'] as EditorUser,
        renderCursor: remoteCursor,
        showCursorLabels: 'activity',
      },
      domAttributes: { editor: { 'aria-label': t.documents.editorLabel(title), class: 'mm-rich' } },
    }),
    [doc],
  )
  const viewEditor = editor as unknown as ViewEditor
  useEffect(() => {
    const handle: EditorHandle = {
      undo: () => void editor.undo(),
      redo: () => void editor.redo(),
      focus: () => editor.focus(),
      formats: FORMATS,
      export: (format) =>
        format === 'html' ? htmlPage(title, editor.blocksToHTMLLossy()) : editor.blocksToMarkdownLossy(),
    }
    onReady(handle)
  }, [editor, title, onReady])
  return (
    <BlockNoteView editor={viewEditor} editable={!readOnly} theme={theme} slashMenu={false} className="mm-rich-view">
      <SuggestionMenuController
        triggerCharacter="/"
        getItems={async (query) =>
          filterSuggestionItems(
            getDefaultReactSlashMenuItems(viewEditor).filter(
              (item) => !('key' in item) || !WITHOUT.has(String(item.key)),
            ),
            query,
          )
        }
      />
    </BlockNoteView>
  )
}
