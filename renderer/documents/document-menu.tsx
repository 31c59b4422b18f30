import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'

import type { DocumentSummary } from '../../src/api/contract/index.ts'
import { NameDialog } from '../shared/name-dialog.tsx'
import { useAction } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'
import { deleteDocument } from './delete-document.tsx'

/** What can be done with a document without opening it. */
export function DocumentMenu({ document }: { readonly document: DocumentSummary }) {
  const model = useModel()
  const bar = useWriteBar()
  const [renaming, setRenaming] = useState(false)
  const remove = useAction(() => deleteDocument(model, document))
  return (
    <>
      <Menu position="bottom-end" width={180}>
        <Menu.Target>
          <ActionIcon size={32} aria-label={t.documents.menu(document.title)}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {bar === null ? null : <Menu.Label>{bar}</Menu.Label>}
          <Menu.Item disabled={bar !== null} leftSection={<IconPencil size={16} />} onClick={() => setRenaming(true)}>
            {t.documents.rename}
          </Menu.Item>
          <Menu.Item disabled={bar !== null} leftSection={<IconTrash size={16} />} onClick={() => remove.run()}>
            {t.documents.delete}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {renaming ? (
        <NameDialog
          title={t.documents.renameTitle}
          label={t.documents.titleLabel}
          initial={document.title}
          confirm={t.common.rename}
          onClose={() => setRenaming(false)}
          onConfirm={async (title) => {
            await model.call('document.rename', { document: document.id, title })
          }}
        />
      ) : null}
    </>
  )
}
