import type { DoctorReport } from '../../src/api/contract/index.ts'
import { t } from '../strings/index.ts'
import { listed } from '../strings/plural.ts'

/** How this machine can be reached, in sentences. */
export function selfSentences(self: DoctorReport['self']): readonly string[] {
  const { connections } = t
  return [
    connections.reachability[self.reachability],
    connections.upnp[self.upnp],
    connections.relays(listed(self.relays.map((relay) => relay.name)), self.relays.length),
    connections.relaysFor(self.relaysFor),
    self.mdns ? connections.mdns.on : connections.mdns.off,
  ]
}
