/** What the main process tells the page, through the preload script. */

/** IPC channel and `data` of the window message that brings a MessagePort with the peer's API. */
export const PORT_MESSAGE = 'murmuration:port'
/** IPC channel and `type` of the window message `{ type, url }` that brings a `murmuration://` link. */
export const LINK_MESSAGE = 'murmuration:link'
/** IPC channel and `type` of the window message `{ type, page }`: the menu asks for a page. */
export const GO_MESSAGE = 'murmuration:go'

export const PAGES = ['home', 'messages', 'documents', 'settings'] as const
export type Page = (typeof PAGES)[number]
