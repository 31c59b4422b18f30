const PREFIX = 'murmuration:unsaved:'
/** Browsers give a page about 5 MB for everything. */
const MAX_STORED_BYTES = 1_000_000

/** Keeps what the peer has not acknowledged when the page is left, until the document is opened again. */
export const unsavedStore = {
  save(document: string, update: Uint8Array): void {
    if (update.length > MAX_STORED_BYTES) return
    try {
      localStorage.setItem(PREFIX + document, btoa(Array.from(update, (byte) => String.fromCharCode(byte)).join('')))
    } catch {
      // No room: the browser has asked before leaving the page.
    }
  },

  /** What was kept; it is forgotten here, for from now on the session holds it. */
  take(document: string): Uint8Array | null {
    try {
      const stored = localStorage.getItem(PREFIX + document)
      if (stored === null) return null
      localStorage.removeItem(PREFIX + document)
      return Uint8Array.from(atob(stored), (sign) => sign.charCodeAt(0))
    } catch {
      return null
    }
  },
}
