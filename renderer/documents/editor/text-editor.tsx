import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, indentOnInput } from '@codemirror/language'
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState } from '@codemirror/state'
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  rectangularSelection,
} from '@codemirror/view'
import { useEffect, useRef, useState } from 'react'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import type { Awareness } from 'y-protocols/awareness'
import * as Y from 'yjs'

import { t } from '../../strings/index.ts'
import type { EditorHandle, EditorProps } from './editor-handle.ts'
import { languageOf } from './language-of.ts'
import { textTheme } from './text-theme.ts'
import './text-editor.css'

/** The name under which peers keep plain text. */
const TEXT = 'text'

interface TextEditorProps extends EditorProps {
  readonly doc: Y.Doc
  readonly awareness: Awareness
}

/** Plain text and code, everybody's at once. */
export function TextEditor({ doc, awareness, title, readOnly, onReady }: TextEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const initialTitle = useRef(title)
  const [lock] = useState(() => new Compartment())
  const [shown, setShown] = useState<EditorView | null>(null)
  useEffect(() => {
    if (host.current === null) return
    const text = doc.getText(TEXT)
    const undoManager = new Y.UndoManager(text)
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: text.toJSON(),
        extensions: [
          lineNumbers(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          drawSelection(),
          rectangularSelection(),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          highlightSelectionMatches(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': t.documents.editorLabel(initialTitle.current) }),
          keymap.of([...yUndoManagerKeymap, ...closeBracketsKeymap, ...searchKeymap, ...defaultKeymap, indentWithTab]),
          languageOf(initialTitle.current),
          textTheme,
          lock.of([]),
          yCollab(text, awareness, { undoManager }),
        ],
      }),
    })
    const handle: EditorHandle = {
      undo: () => void undoManager.undo(),
      redo: () => void undoManager.redo(),
      focus: () => view.focus(),
      formats: ['text'],
      export: () => text.toJSON(),
    }
    setShown(view)
    onReady(handle)
    return () => {
      setShown(null)
      view.destroy()
      undoManager.destroy()
    }
  }, [doc, awareness, lock, onReady])
  useEffect(() => {
    // Reachable and selectable all the same: whoever may not write may still copy.
    shown?.dispatch({ effects: lock.reconfigure(readOnly ? EditorState.readOnly.of(true) : []) })
  }, [shown, lock, readOnly])
  return <div ref={host} className="mm-text" />
}
