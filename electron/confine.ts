import type { Session, WebContents } from 'electron'
import { shell } from 'electron'

import { GESTURE_MS, outsideLink } from './outside-links.ts'

const PERMISSIONS: ReadonlySet<string> = new Set(['clipboard-sanitized-write', 'notifications'])
const GESTURES: ReadonlySet<string> = new Set(['mouseDown', 'mouseUp', 'keyDown', 'rawKeyDown', 'gestureTap'])

/** The page may write to the clipboard and notify; everything else that it could ask the system for is denied. */
export function confineSession(session: Session, origin: string): void {
  session.setPermissionRequestHandler((contents, permission, answer) => {
    answer(PERMISSIONS.has(permission) && contents.getURL().startsWith(`${origin}/`))
  })
  session.setPermissionCheckHandler((_contents, permission) => PERMISSIONS.has(permission))
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event, item) => {
    // What the page itself made (an export) may be saved; nothing is fetched from elsewhere.
    if (!/^(blob|data):/.test(item.getURL()) && !item.getURL().startsWith(`${origin}/`)) event.preventDefault()
  })
}

/** Keeps a window on its own page; links that somebody clicks open in the system's browser. */
export function confineContents(contents: WebContents, origin: string): void {
  let lastGesture = Number.NEGATIVE_INFINITY
  contents.on('input-event', (_event, input) => {
    if (GESTURES.has(input.type)) lastGesture = performance.now()
  })
  const openOutside = (address: string): void => {
    const link = outsideLink(address)
    if (link === undefined || performance.now() - lastGesture > GESTURE_MS) return
    lastGesture = Number.NEGATIVE_INFINITY // one click, one page
    shell.openExternal(link).catch((error: unknown) => console.error(`${link} could not be opened: ${String(error)}`))
  }

  contents.on('will-navigate', (event, address) => {
    event.preventDefault()
    openOutside(address)
  })
  contents.on('will-frame-navigate', (event) => {
    if (!event.isMainFrame) event.preventDefault()
  })
  contents.on('will-redirect', (event) => event.preventDefault())
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (!url.startsWith(`${origin}/`)) openOutside(url)
    return { action: 'deny' }
  })
}
