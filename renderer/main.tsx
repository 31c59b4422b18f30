import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { App } from './app.tsx'
import { inDesktop, listenToDesktop } from './connection/desktop-messages.ts'
import { MessagePortLink } from './connection/message-port-link.ts'
import { NoTokenLink } from './connection/no-token-link.ts'
import { onNewToken, takeToken } from './connection/page-token.ts'
import type { PeerLink } from './connection/peer-link.ts'
import { WebSocketLink } from './connection/web-socket-link.ts'
import { navigate, parseRoute } from './route/route.ts'
import { PeerModel } from './state/peer-model.ts'

function createLink(): PeerLink {
  if (inDesktop()) return new MessagePortLink()
  const token = takeToken()
  if (token === null) {
    onNewToken(() => window.location.reload())
    return new NoTokenLink()
  }
  const link = new WebSocketLink({ origin: window.location.origin, token })
  onNewToken((another) => link.setToken(another))
  return link
}

listenToDesktop((page) => navigate(parseRoute(page)))

const root = document.getElementById('root')
if (root === null) throw new Error('index.html lacks its root element')
createRoot(root).render(
  <StrictMode>
    <App model={new PeerModel(createLink())} />
  </StrictMode>,
)
