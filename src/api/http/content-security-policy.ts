/**
 * What the interface's page may load and speak to, in the window and in the browser alike: its own files, and its peer.
 * Styles are written by the editor and the component library at run time; no script is.
 */
export function contentSecurityPolicy(options: { readonly connectTo: readonly string[] }): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "worker-src 'self'",
    "manifest-src 'self'",
    ["connect-src 'self'", ...options.connectTo].join(' '),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')
}
