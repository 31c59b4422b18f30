/** What the page around an editor can ask of it. */
export interface EditorHandle {
  undo(): void
  redo(): void
  focus(): void
  /** The whole content in a format that it knows. */
  export(format: ExportFormat): string
  readonly formats: readonly ExportFormat[]
}

export type ExportFormat = 'markdown' | 'html' | 'text'

export interface EditorProps {
  readonly title: string
  /** Nothing may be written here; it can be read, copied and exported. */
  readonly readOnly: boolean
  /** Called once the editor can be asked. */
  readonly onReady: (handle: EditorHandle) => void
}
