import { Button, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useDeferredValue, useState } from 'react'

import { SheetScene } from '../brand/scenes.tsx'
import { EmptyState } from '../shared/empty-state.tsx'
import { Page } from '../shared/page.tsx'
import { useIdle } from '../shared/use-idle.ts'
import { useCell } from '../state/cell.ts'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'
import { DocumentList } from './document-list.tsx'
import { NewDocumentButton } from './new-document-button.tsx'
import classes from './documents-page.module.css'

/** Whoever looks at the list is about to open one. */
const prefetch = () => Promise.allSettled([import('./editor/rich-editor.tsx'), import('./editor/text-editor.tsx')])

export function DocumentsPage() {
  useIdle(prefetch)
  const documents = useCell(useModel().documents)
  const [query, setQuery] = useState('')
  const wanted = useDeferredValue(query.trim().toLocaleLowerCase())
  if (documents === null) return null
  if (documents.length === 0) {
    return (
      <EmptyState
        picture={<SheetScene />}
        title={t.documents.emptyTitle}
        text={t.documents.empty}
        action={<NewDocumentButton />}
      />
    )
  }
  const found = documents
    .filter((document) => document.title.toLocaleLowerCase().includes(wanted))
    .sort((a, b) => b.changedAt - a.changedAt)
  return (
    <Page>
      <div className={classes['tools']}>
        <TextInput
          className={classes['search'] ?? ''}
          type="search"
          aria-label={t.documents.search}
          placeholder={t.documents.search}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
        />
        <NewDocumentButton />
      </div>
      {found.length === 0 ? (
        <EmptyState
          picture={<SheetScene />}
          text={t.documents.nothingFound(query.trim())}
          action={
            <Button variant="default" onClick={() => setQuery('')}>
              {t.documents.clearSearch}
            </Button>
          }
        />
      ) : (
        <DocumentList documents={found} />
      )}
    </Page>
  )
}
