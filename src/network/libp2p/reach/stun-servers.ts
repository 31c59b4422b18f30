import type { DeviceId } from '../../../base/ids.ts'
import type { AddressRecord } from '../address-record.ts'
import { isPublic } from '../peer-address.ts'

/** The library asks one of those that it is given, which one it does not say: so few, and the best. */
const MAX_STUN_SERVERS = 2

/** Members that answer STUN, as `stun:HOST:PORT`, one address of each; those that are reached directly alone, where there are any. */
export function stunServers(
  records: readonly AddressRecord[],
  isReached: (device: DeviceId) => boolean,
): readonly string[] {
  const serving = records.filter(({ serves }) => serves.includes('stun'))
  const reached = serving.filter(({ device }) => isReached(device))
  const urls = (reached.length > 0 ? reached : serving).flatMap((record) => urlOf(record) ?? [])
  return urls.slice(0, MAX_STUN_SERVERS)
}

function urlOf(record: AddressRecord): string | undefined {
  const places = record.addresses.flatMap(({ place, via }) => {
    const [, host, port] = /^\/(?:ip4|dns4?)\/([^/]+)\/tcp\/(\d+)$/.exec(place) ?? []
    return via !== undefined || host === undefined ? [] : [{ host, url: `stun:${host}:${port}` }]
  })
  return (places.find(({ host }) => isPublic(host)) ?? places[0])?.url
}
