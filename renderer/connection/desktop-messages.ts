import { Cell } from '../state/cell.ts'

/** `type` of the window messages by which the desktop's main process hands on a link, or asks for a page. */
const LINK_MESSAGE = 'murmuration:link'
const GO_MESSAGE = 'murmuration:go'

/** An invite that was clicked outside, until a form has taken it. */
export const openedLink = new Cell<string | null>(null)

/** Listens to the desktop's main process. In a browser nothing ever comes. */
export function listenToDesktop(goTo: (page: string) => void): void {
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.origin !== window.location.origin || typeof event.data !== 'object' || event.data === null) return
    const message = event.data as Readonly<Record<string, unknown>>
    if (message['type'] === LINK_MESSAGE && typeof message['url'] === 'string') openedLink.set(message['url'])
    if (message['type'] === GO_MESSAGE && typeof message['page'] === 'string') goTo(message['page'])
  })
}

/** The page runs in the desktop's window, which the main process connects. */
export function inDesktop(): boolean {
  return window.location.protocol === 'app:'
}
