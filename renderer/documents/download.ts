import type { ExportFormat } from './editor/editor-handle.ts'

const TYPES: Readonly<Record<ExportFormat, { readonly type: string; readonly ending: string }>> = {
  markdown: { type: 'text/markdown', ending: 'md' },
  html: { type: 'text/html', ending: 'html' },
  text: { type: 'text/plain', ending: 'txt' },
}

/** Longer than any browser takes to begin a download from memory. */
const KEPT_MS = 10_000

/** Hands a text to the browser as a file. */
export function download(title: string, format: ExportFormat, content: string): void {
  const { type, ending } = TYPES[format]
  const address = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName(title, ending)
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS)
}

/** A name that every system takes; an ending that the title has already is not said twice. */
export function fileName(title: string, ending: string): string {
  const name = title
    .replace(/[\\/:*?"<>|\p{Cc}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 120)
  const base = name === '' ? 'document' : name
  return ending === 'txt' && /\.[a-z\d]{1,8}$/i.test(base) ? base : `${base}.${ending}`
}
