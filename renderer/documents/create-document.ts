import type { DocumentSummary } from '../../src/api/contract/index.ts'
import { navigate } from '../route/route.ts'
import type { PeerModel } from '../state/peer-model.ts'
import { t } from '../strings/index.ts'

/** Makes a document and goes there. */
export async function createDocument(model: PeerModel, kind: DocumentSummary['kind']): Promise<void> {
  const title = kind === 'rich' ? t.documents.untitled : t.documents.untitledText
  const { id } = await model.call('document.create', { title, kind })
  if (kind === 'rich') await writeEmpty(model, id)
  navigate({ page: 'documents', document: id })
}

async function writeEmpty(model: PeerModel, document: string): Promise<void> {
  const { session, clientId, state } = await model.call('document.open', { document })
  const { emptyRichUpdate } = await import('./editor/empty-rich.ts')
  // An empty Yjs update has two bytes: where there are more, the peer has laid the ground itself.
  if (state.length <= 2) await model.call('document.push', { session, update: emptyRichUpdate(clientId) })
  await model.call('document.close', { session })
}
