import { tokenOf } from '../../src/api/client/index.ts'
import { currentHref } from '../route/route.ts'

const KEY = 'murmuration:token'

/**
 * The token that the address of this page came with. It is moved out of the address bar, where it would end in
 * bookmarks and screenshots, and kept for as long as this tab lives.
 */
export function takeToken(): string | null {
  const token = tokenOf(window.location.hash)
  if (token === null) return sessionStorage.getItem(KEY)
  sessionStorage.setItem(KEY, token)
  window.history.replaceState(null, '', currentHref())
  return token
}

/** Calls back when an address with another token is opened in this tab. Returns its undo. */
export function onNewToken(listener: (token: string) => void): () => void {
  const onHashChange = (): void => {
    if (tokenOf(window.location.hash) === null) return
    const token = takeToken()
    if (token !== null) listener(token)
  }
  window.addEventListener('hashchange', onHashChange)
  return () => window.removeEventListener('hashchange', onHashChange)
}
