import { useEffect, useState } from 'react'

import { inDesktop } from '../connection/desktop-messages.ts'
import { machineNames } from '../machines/machine-names.ts'
import { useModel } from '../state/model-context.ts'
import type { PeerModel } from '../state/peer-model.ts'
import { PEOPLE_COLOURS } from '../theme/people-colours.ts'
import { DocumentSession } from './document-session.ts'
import type { EditorUser } from './session-state.ts'

/** The session of the document that this page shows, for as long as it shows it; null in the first moment. */
export function useDocumentSession(document: string): DocumentSession | null {
  const model = useModel()
  const [session, setSession] = useState<DocumentSession | null>(null)
  useEffect(() => {
    const opened = new DocumentSession(model, document, userOf(model))
    const release = holdPage(opened)
    // Opened and closed with the page, twice over in development: a session is no value to be computed while drawing.
    // oxlint-disable-next-line react/set-state-in-effect
    setSession(opened)
    return () => {
      release()
      opened.dispose()
      setSession(null)
    }
  }, [model, document])
  return session
}

function userOf(model: PeerModel): EditorUser {
  const status = model.status.value
  const deviceId = status?.deviceId ?? ''
  const colour = machineNames(status).colourOf(deviceId)
  return {
    deviceId,
    name: status?.swarm?.personName || status?.name || '',
    color: PEOPLE_COLOURS[colour]?.light ?? '#0b6d6d',
    colour,
  }
}

/** A browser asks before it leaves a page with something unsaved. (The desktop's window would refuse to close.) */
function holdPage(session: DocumentSession): () => void {
  const onBeforeUnload = (event: BeforeUnloadEvent): void => {
    if (session.unsaved && !inDesktop()) event.preventDefault()
  }
  window.addEventListener('beforeunload', onBeforeUnload)
  return () => window.removeEventListener('beforeunload', onBeforeUnload)
}
