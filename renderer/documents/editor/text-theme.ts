import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const look = EditorView.theme({
  '&': { color: 'var(--mm-ink)', backgroundColor: 'transparent', fontSize: '14px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-content': {
    fontFamily: 'var(--mantine-font-family-monospace)',
    lineHeight: '22px',
    padding: '16px 0 40vh',
    caretColor: 'var(--mm-ink)',
  },
  '.cm-line': { padding: '0 16px 0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--mm-ink)', borderLeftWidth: '2px' },
  '.cm-gutters': {
    backgroundColor: 'transparent',
    color: 'var(--mm-ink-2)',
    border: 'none',
    fontFamily: 'var(--mantine-font-family-monospace)',
  },
  '.cm-lineNumbers .cm-gutterElement': { minWidth: '36px', padding: '0 8px 0 12px' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--mm-hover)' },
  '.cm-activeLineGutter': { color: 'var(--mm-ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--mm-accent) 28%, transparent)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--mm-accent-soft)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--mm-accent-soft)',
    outline: '1px solid var(--mm-accent)',
  },
  '.cm-panels': { backgroundColor: 'var(--mm-raised)', color: 'var(--mm-ink)', borderColor: 'var(--mm-line)' },
  '.cm-textfield, .cm-button': {
    border: '1px solid var(--mm-line-strong)',
    borderRadius: '6px',
    background: 'var(--mm-surface)',
    color: 'var(--mm-ink)',
    fontSize: '12px',
  },
  '.cm-ySelectionInfo': {
    fontFamily: 'var(--mantine-font-family)',
    fontSize: '12px',
    fontWeight: '600',
    padding: '0 4px',
    borderRadius: '3px',
    color: '#ffffff',
  },
})

/** Few colours, from those of people, which have enough contrast in both themes. */
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: 'var(--mm-person-8)' },
  { tag: [tags.string, tags.regexp, tags.special(tags.string)], color: 'var(--mm-person-2)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--mm-person-4)' },
  { tag: [tags.comment, tags.meta], color: 'var(--mm-ink-2)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.className, tags.tagName], color: 'var(--mm-person-1)' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: 'var(--mm-accent-text)' },
  { tag: [tags.heading], fontWeight: '700' },
  { tag: [tags.strong], fontWeight: '700' },
  { tag: [tags.emphasis], fontStyle: 'italic' },
  { tag: [tags.link, tags.url], color: 'var(--mm-accent-text)', textDecoration: 'underline' },
  { tag: tags.invalid, color: 'var(--mm-red-text)' },
])

export const textTheme = [look, syntaxHighlighting(colours)]
