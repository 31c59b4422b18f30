import { isIPv4, isIPv6 } from 'node:net'

import { InvalidInputError } from '../../base/errors.ts'
import type { DeviceId } from '../../base/ids.ts'
import { parseDeviceId } from '../../base/ids.ts'
import type { Route } from '../network.ts'
import { MAX_ADDRESS_CHARACTERS } from './constants.ts'

/** A multiaddr that this version can dial, taken apart: `/ip4/192.168.1.7/tcp/4001/p2p/12D3Koo…`. */
export interface PeerAddress {
  readonly device: DeviceId
  /** The whole multiaddr. */
  readonly text: string
  /** Without the device id, for people. */
  readonly place: string
  /** Empty where it is reached through another member. */
  readonly host: string
  /** The member that relays; absent where it is reached directly. */
  readonly via?: Via
}

/** A member that relays. */
export interface Via {
  readonly device: DeviceId
  /** Where the relay itself can be reached, in addresses for those who do not know it: `/ip4/…/p2p/RELAY/p2p-circuit/p2p/…`. */
  readonly address: PeerAddress | undefined
}

const FORM = /^(\/(ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/([1-9][0-9]{0,4}))\/p2p\/([^/]+)$/
const NAME = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/

/** With or without the address of the relay itself. */
const RELAYED_FORM = /^(.*)\/p2p\/([^/]+)\/p2p-circuit\/p2p\/([^/]+)$/

/** @throws InvalidInputError */
export function parsePeerAddress(text: string): PeerAddress {
  const relayed = text.length <= MAX_ADDRESS_CHARACTERS ? RELAYED_FORM.exec(text) : null
  return relayed === null ? parseDirect(text) : parseRelayed(text, relayed)
}

/** Of a member that is reached through another one; only those who can reach that one can dial it. */
export function relayedAddress(device: DeviceId, relay: DeviceId): PeerAddress {
  const place = `/p2p/${relay}/p2p-circuit`
  return { device, text: `${place}/p2p/${device}`, place, host: '', via: { device: relay, address: undefined } }
}

const PUNCHED = '/p2p-circuit/webrtc/p2p/'

/** Stands for a direct connection to a member that is connected through a relay by now, and agrees on it over that. */
export function punchAddress(device: DeviceId, relay: DeviceId): PeerAddress {
  const text = `/p2p/${relay}${PUNCHED}${device}`
  return { device, text, place: 'the NATs between', host: '', via: { device: relay, address: undefined } }
}

export function isPunch(address: PeerAddress): boolean {
  return address.text.includes(PUNCHED)
}

function parseRelayed(text: string, match: RegExpExecArray): PeerAddress {
  const [, relayPlace = '', relay = '', device = ''] = match
  const address = relayPlace === '' ? undefined : parseDirect(`${relayPlace}/p2p/${relay}`)
  const relayDevice = parseDeviceId(relay)
  return { ...relayedAddress(parseDeviceId(device), relayDevice), text, via: { device: relayDevice, address } }
}

function parseDirect(text: string): PeerAddress {
  const shown = `"${text.slice(0, 120)}"`
  const match = text.length <= MAX_ADDRESS_CHARACTERS ? FORM.exec(text) : null
  if (match === null) {
    throw new InvalidInputError(
      `${shown} is not an address of a peer; it looks like /ip4/192.168.1.7/tcp/4001/p2p/12D3Koo...`,
    )
  }
  const [, place = '', kind, host = '', port, device = ''] = match
  if (Number(port) > 65_535) throw new InvalidInputError(`${shown} has a port above 65535`)
  const valid = kind === 'ip4' ? isIPv4(host) : kind === 'ip6' ? isIPv6(host) : host.length <= 253 && NAME.test(host)
  if (!valid) throw new InvalidInputError(`${shown} has no valid host`)
  return { device: parseDeviceId(device), text, place, host: host.toLowerCase() }
}

/** For addresses that others tell: `undefined` for what this version cannot dial. */
export function readPeerAddress(text: string): PeerAddress | undefined {
  try {
    return parsePeerAddress(text)
  } catch {
    return undefined
  }
}

/** The relay of a connection with this address. */
export function relayOf(address: string): DeviceId | undefined {
  const relay = /^\/p2p\/([^/]+)\/p2p-circuit/.exec(address)?.[1]
  return relay === undefined ? undefined : parseDeviceId(relay)
}

/** The host of a multiaddr such as `/ip4/1.2.3.4/tcp/5`; empty where it has none. */
export function hostOf(address: string): string {
  return /^\/(?:ip4|ip6|dns[46]?)\/([^/]+)/.exec(address)?.[1]?.toLowerCase() ?? ''
}

export function isLoopback(host: string): boolean {
  return host === '::1' || host === 'localhost' || (isIPv4(host) && host.startsWith('127.'))
}

function isPrivate(host: string): boolean {
  if (isIPv6(host)) return /^(f[cd]|fe[89ab])/.test(host)
  if (!isIPv4(host)) return host.endsWith('.local')
  const [first = 0, second = 0] = host.split('.').map(Number)
  if (first === 10 || (first === 192 && second === 168) || (first === 169 && second === 254)) return true
  return (first === 172 && second >= 16 && second < 32) || (first === 100 && second >= 64 && second < 128)
}

/** A host that may be reached from anywhere, by its looks. */
export function isPublic(host: string): boolean {
  return host !== '' && !isLoopback(host) && !isPrivate(host)
}

/** How a connection to this address goes. */
export function routeOf(address: string): Route {
  if (address.includes('/p2p-circuit')) return 'relayed'
  if (address.includes('/webrtc')) return 'punched'
  const host = hostOf(address)
  if (isLoopback(host)) return 'local'
  return isPrivate(host) ? 'lan' : 'internet'
}
