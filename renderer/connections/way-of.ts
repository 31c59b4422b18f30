import type { Connection } from '../../src/api/contract/index.ts'
import { t } from '../strings/index.ts'

/** How two machines are connected, in words; `nameOf` names the one in between. */
export function wayOf(
  connection: Pick<Connection, 'route' | 'relayedBy'>,
  nameOf: (deviceId: string) => string,
): string {
  const { relayedBy, route } = connection
  return route === 'relayed' && relayedBy !== null
    ? t.connections.relayedBy(nameOf(relayedBy))
    : t.connections.routes[route]
}
