import { IconFileCode, IconFileText } from '@tabler/icons-react'

import type { DocumentSummary } from '../../src/api/contract/index.ts'
import { useMachineNames } from '../machines/machine-names.ts'
import { hrefOf } from '../route/route.ts'
import { Ago } from '../shared/ago.tsx'
import { t } from '../strings/index.ts'
import { DocumentMenu } from './document-menu.tsx'
import { PresentAvatars } from './present-avatars.tsx'
import { useGrowing } from './use-growing.ts'
import classes from './document-list.module.css'

/** So many at first, and again each time one scrolls down to their end. */
const PAGE = 60

export function DocumentList({ documents }: { readonly documents: readonly DocumentSummary[] }) {
  const { shown, more } = useGrowing(PAGE)
  return (
    <ul className={classes['list']} aria-label={t.documents.title}>
      {documents.slice(0, shown).map((document) => (
        <Row key={document.id} document={document} />
      ))}
      {shown < documents.length ? <li ref={more} className={classes['more']} aria-hidden="true" /> : null}
    </ul>
  )
}

function Row({ document }: { readonly document: DocumentSummary }) {
  const { nameOf } = useMachineNames()
  const Icon = document.kind === 'rich' ? IconFileText : IconFileCode
  return (
    <li className={classes['row']}>
      <span className={classes['icon']} data-kind={document.kind}>
        <Icon size={20} stroke={1.75} aria-hidden="true" />
      </span>
      <a className={classes['main']} href={hrefOf({ page: 'documents', document: document.id })}>
        <span className={classes['title']}>{document.title}</span>
        <span className={classes['detail']}>
          {t.documents.kinds[document.kind]}
          {' · '}
          <Ago at={document.changedAt} /> · {nameOf(document.changedBy)}
        </span>
      </a>
      <PresentAvatars deviceIds={document.present} />
      <DocumentMenu document={document} />
    </li>
  )
}
