import { IconDeviceDesktop, IconFileText, IconHome, IconMessage, IconSettings, IconUsers } from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'

import type { PageName, Route } from '../route/route.ts'
import { t } from '../strings/index.ts'

export interface Destination {
  readonly page: PageName
  readonly route: Route
  readonly label: string
  readonly icon: TablerIcon
}

/** The pages there are, in the order of the side bar (and of Alt+1, Alt+2, …). */
export const DESTINATIONS: readonly Destination[] = [
  { page: 'home', route: { page: 'home' }, label: t.nav.home, icon: IconHome },
  { page: 'messages', route: { page: 'messages', channel: null }, label: t.nav.messages, icon: IconMessage },
  { page: 'documents', route: { page: 'documents', document: null }, label: t.nav.documents, icon: IconFileText },
  { page: 'machines', route: { page: 'machines', machine: null }, label: t.nav.machines, icon: IconDeviceDesktop },
  { page: 'people', route: { page: 'people' }, label: t.nav.people, icon: IconUsers },
]

export const SETTINGS: Destination = {
  page: 'settings',
  route: { page: 'settings' },
  label: t.nav.settings,
  icon: IconSettings,
}

/** Where a page that has no place of its own in the side bar belongs. */
export function placeOf(page: PageName): PageName {
  return page === 'connections' ? 'machines' : page
}
