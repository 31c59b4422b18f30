import type { DocumentSummary } from '../../src/api/contract/index.ts'
import { navigate } from '../route/route.ts'
import type { PeerModel } from '../state/peer-model.ts'
import { t } from '../strings/index.ts'

/** Makes a document and goes there. */
export async function createDocument(model: PeerModel, kind: DocumentSummary['kind']): Promise<void> {
  const title = kind === 'rich' ? t.documents.untitled : t.documents.untitledText
  const { id } = await model.call('document.create', { title, kind })
  navigate({ page: 'documents', document: id })
}
