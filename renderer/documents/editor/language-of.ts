import { LanguageDescription } from '@codemirror/language'
import { languages } from '@codemirror/language-data'
import { Compartment } from '@codemirror/state'
import type { Extension } from '@codemirror/state'
import { ViewPlugin } from '@codemirror/view'

/** Colours code by the ending of the document's title ('notes.md', 'plan.py'); its grammar is loaded when it is needed. */
export function languageOf(title: string): Extension {
  const description = LanguageDescription.matchFilename(languages, title.trim())
  if (description === null) return []
  const language = new Compartment()
  const loader = ViewPlugin.define((view) => {
    let destroyed = false
    description.load().then(
      (support) => {
        if (!destroyed) view.dispatch({ effects: language.reconfigure(support) })
      },
      () => undefined,
    )
    return {
      destroy: () => {
        destroyed = true
      },
    }
  })
  return [language.of([]), loader]
}
