import type { Documents } from '../documents/index.ts'
import type { DocumentSessions } from './document-sessions.ts'
import type { HandlersFor } from './handlers.ts'

/** The calls on documents. `swarm` throws where this machine is in none. */
export function documentHandlers(
  swarm: () => { readonly documents: Documents },
  sessions: DocumentSessions,
): HandlersFor<'document'> {
  const documents = (): Documents => swarm().documents
  return {
    'document.create': async ({ kind, title }) => await documents().create({ title, kind }),
    'document.list': async () => await documents().list(),
    'document.rename': async ({ document, title }) => {
      await documents().rename(document, title)
      return undefined
    },
    'document.delete': async ({ document }) => {
      await documents().delete(document)
      return undefined
    },
    'document.restore': async ({ document }) => {
      await documents().restore(document)
      return undefined
    },
    'document.text': async ({ document }) => ({ text: await documents().text(document) }),
    'document.write': async ({ document, text }) => {
      await documents().write(document, text)
      return undefined
    },
    'document.append': async ({ document, text }) => {
      await documents().append(document, text)
      return undefined
    },
    'document.open': async ({ document }, connection) => {
      const service = documents()
      const { clientId, kind, session, state, title } = await service.open(document)
      sessions.hold(session, connection, () => void service.close(session, { lost: true }))
      return { session, kind, title, clientId, state }
    },
    'document.push': async ({ session, update }, connection) => {
      await documents().push(sessions.require(session, connection), update)
      return undefined
    },
    'document.missing': async ({ session, stateVector }, connection) => ({
      update: await documents().missing(sessions.require(session, connection), stateVector),
    }),
    'document.presence': async ({ session, state }, connection) => {
      await documents().setPresence(sessions.require(session, connection), state)
      return undefined
    },
    'document.close': async ({ session }, connection) => {
      await documents().close(sessions.require(session, connection))
      sessions.release(session)
      return undefined
    },
  }
}
