/** The interface for browsers of this machine, on 127.0.0.1 alone. */
export { contentSecurityPolicy } from './content-security-policy.ts'
export { InterfaceMissingError, PortForbiddenError, PortTakenError } from './errors.ts'
export type { ServeUiOptions, ServedUi } from './serve-ui.ts'
export { serveUi } from './serve-ui.ts'
