import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconDownload, IconTrash } from '@tabler/icons-react'

import type { DocumentSummary } from '../../src/api/contract/index.ts'
import { navigate } from '../route/route.ts'
import { useAction } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'
import { deleteDocument } from './delete-document.tsx'
import { download } from './download.ts'
import type { EditorHandle, ExportFormat } from './editor/editor-handle.ts'

interface EditorMenuProps {
  readonly id: string
  readonly title: string
  readonly kind: DocumentSummary['kind']
  readonly editor: EditorHandle | null
}

const LABELS: Readonly<Record<ExportFormat, string>> = {
  markdown: t.documents.exportMarkdown,
  html: t.documents.exportHtml,
  text: t.documents.exportText,
}

export function EditorMenu({ id, title, editor }: EditorMenuProps) {
  const model = useModel()
  const bar = useWriteBar()
  const remove = useAction(async () => {
    await deleteDocument(model, { id, title })
    navigate({ page: 'documents', document: null })
  })
  return (
    <Menu position="bottom-end" width={200}>
      <Menu.Target>
        <ActionIcon size={34} aria-label={t.documents.menu(title)}>
          <IconDots size={20} stroke={1.75} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t.documents.exportAs}</Menu.Label>
        {(editor?.formats ?? []).map((format) => (
          <Menu.Item
            key={format}
            leftSection={<IconDownload size={16} />}
            onClick={() => {
              if (editor !== null) download(title, format, editor.export(format))
            }}
          >
            {LABELS[format]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        {bar === null ? null : <Menu.Label>{bar}</Menu.Label>}
        <Menu.Item disabled={bar !== null} leftSection={<IconTrash size={16} />} onClick={() => remove.run()}>
          {t.documents.delete}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
