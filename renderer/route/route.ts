import { tokenOf } from '../../src/api/client/index.ts'
import { Cell, useCell } from '../state/cell.ts'

/** Where the person is. Each page has its own address, so that back and forward work. */
export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'messages'; readonly channel: string | null }
  | { readonly page: 'documents'; readonly document: string | null }
  | { readonly page: 'machines'; readonly machine: string | null }
  /** How machines reach each other; `machine`: the one that is asked about. */
  | { readonly page: 'connections'; readonly machine: string | null }
  | { readonly page: 'people' }
  | { readonly page: 'settings' }

export type PageName = Route['page']

export function parseRoute(hash: string): Route {
  const [page = '', detail] = hash.replace(/^#\/?/, '').split('/')
  const item = detail === undefined || detail === '' ? null : decode(detail)
  switch (page) {
    case 'messages':
      return { page, channel: item }
    case 'documents':
      return { page, document: item }
    case 'machines':
      return { page, machine: item }
    case 'connections':
      return { page, machine: item }
    case 'people':
    case 'settings':
      return { page }
    default:
      return { page: 'home' }
  }
}

export function hrefOf(route: Route): string {
  switch (route.page) {
    case 'messages':
      return withItem('#/messages', route.channel)
    case 'documents':
      return withItem('#/documents', route.document)
    case 'machines':
      return withItem('#/machines', route.machine)
    case 'connections':
      return withItem('#/connections', route.machine)
    case 'home':
    case 'people':
    case 'settings':
      return `#/${route.page}`
  }
}

function withItem(base: string, item: string | null): string {
  return item === null ? base : `${base}/${encodeURIComponent(item)}`
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

const current = new Cell<Route>(parseRoute(window.location.hash))
window.addEventListener('hashchange', () => {
  // An address with another token leads nowhere else; whoever takes the token puts the address right again.
  if (tokenOf(window.location.hash) === null) current.set(parseRoute(window.location.hash))
})

/** The address of where the person is, whatever the address bar says. */
export function currentHref(): string {
  return hrefOf(current.value)
}

export function useRoute(): Route {
  return useCell(current)
}

export function navigate(route: Route): void {
  window.location.hash = hrefOf(route)
}

/** Goes there without leaving a step to come back to. */
export function redirect(route: Route): void {
  window.history.replaceState(null, '', hrefOf(route))
  current.set(route)
}
