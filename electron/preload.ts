/**
 * The only code between the sandboxed page and the main process. It exposes no function: it hands on
 * three kinds of messages, and the page can ask the main process for nothing.
 */
import { ipcRenderer } from 'electron'

import { GO_MESSAGE, LINK_MESSAGE, PORT_MESSAGE } from './page-messages.ts'

ipcRenderer.on(PORT_MESSAGE, (event) => {
  window.postMessage(PORT_MESSAGE, window.location.origin, [...event.ports])
})

ipcRenderer.on(LINK_MESSAGE, (_event, url: unknown) => {
  window.postMessage({ type: LINK_MESSAGE, url }, window.location.origin)
})

ipcRenderer.on(GO_MESSAGE, (_event, page: unknown) => {
  window.postMessage({ type: GO_MESSAGE, page }, window.location.origin)
})
