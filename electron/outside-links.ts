/** Where the system may be sent: a web page or a mail program, nothing that runs or opens files. */
const PROTOCOLS = new Set(['http:', 'https:', 'mailto:'])

/** Chromium's own measure for "the person just did something" (transient activation) is 5 s; a click needs less. */
export const GESTURE_MS = 2000

/** The address to hand to the system's browser; undefined where it must not be opened. */
export function outsideLink(address: string): string | undefined {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    return undefined
  }
  return PROTOCOLS.has(url.protocol) ? url.href : undefined
}
