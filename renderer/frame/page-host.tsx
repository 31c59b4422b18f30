import { VisuallyHidden } from '@mantine/core'
import { Suspense, lazy } from 'react'

import { HomePage } from '../home/home-page.tsx'
import { MachinesPage } from '../machines/machines-page.tsx'
import type { Route } from '../route/route.ts'
import { useIdle } from '../shared/use-idle.ts'
import { t } from '../strings/index.ts'
import { CrashBoundary } from './crash-boundary.tsx'

// What the first picture does not need comes when it is gone to, or when there is nothing else to do.
const messages = () => import('../messages/messages-page.tsx')
const documents = () => import('../documents/documents-page.tsx')
const document = () => import('../documents/document-page.tsx')
const connections = () => import('../connections/connections-page.tsx')
const people = () => import('../people/people-page.tsx')
const settings = () => import('../settings/settings-page.tsx')

const MessagesPage = lazy(async () => ({ default: (await messages()).MessagesPage }))
const DocumentsPage = lazy(async () => ({ default: (await documents()).DocumentsPage }))
const DocumentPage = lazy(async () => ({ default: (await document()).DocumentPage }))
const ConnectionsPage = lazy(async () => ({ default: (await connections()).ConnectionsPage }))
const PeoplePage = lazy(async () => ({ default: (await people()).PeoplePage }))
const SettingsPage = lazy(async () => ({ default: (await settings()).SettingsPage }))

const prefetch = () => Promise.allSettled([messages(), documents(), document(), people(), connections(), settings()])

export function PageHost({ route }: { readonly route: Route }) {
  useIdle(prefetch)
  return (
    <CrashBoundary key={route.page}>
      <Suspense fallback={<VisuallyHidden>{t.common.loading}</VisuallyHidden>}>
        <PageOf route={route} />
      </Suspense>
    </CrashBoundary>
  )
}

function PageOf({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'home':
      return <HomePage />
    case 'messages':
      return <MessagesPage channelId={route.channel} />
    case 'documents':
      return route.document === null ? <DocumentsPage /> : <DocumentPage key={route.document} id={route.document} />
    case 'machines':
      return <MachinesPage chosen={route.machine} />
    case 'connections':
      return <ConnectionsPage chosen={route.machine} />
    case 'people':
      return <PeoplePage />
    case 'settings':
      return <SettingsPage />
  }
}
