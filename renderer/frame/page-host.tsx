import { VisuallyHidden } from '@mantine/core'
import { Suspense, lazy } from 'react'

import { HomePage } from '../home/home-page.tsx'
import { MachinesPage } from '../machines/machines-page.tsx'
import type { Route } from '../route/route.ts'
import { t } from '../strings/index.ts'
import { CrashBoundary } from './crash-boundary.tsx'

// What the first picture does not need comes when it is gone to.
const MessagesPage = lazy(async () => ({ default: (await import('../messages/messages-page.tsx')).MessagesPage }))
const DocumentsPage = lazy(async () => ({ default: (await import('../documents/documents-page.tsx')).DocumentsPage }))
const DocumentPage = lazy(async () => ({ default: (await import('../documents/document-page.tsx')).DocumentPage }))
const SettingsPage = lazy(async () => ({ default: (await import('../settings/settings-page.tsx')).SettingsPage }))

export function PageHost({ route }: { readonly route: Route }) {
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
    case 'settings':
      return <SettingsPage />
  }
}
