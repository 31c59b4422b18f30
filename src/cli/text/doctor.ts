import type { DoctorMember, DoctorReport } from '../../api/contract/index.ts'
import type { Colours } from '../printer.ts'
import { connectionText } from './connection.ts'
import { presenceText } from './presence.ts'
import { printableLine } from './printable.ts'
import { ago, ahead, counted, lasting, listed } from './words.ts'

const LABEL_WIDTH = 11
/** Addresses shown of one machine; --json has all. */
const MAX_ADDRESSES = 8

type Row = readonly [label: string, value: string]

/** A doctor's report as a person reads it: this machine, then each other one with its verdict first. */
export function doctorText({ members, self }: DoctorReport, colours: Colours, now: number): string {
  const known = [self, ...members]
  const blocks = [
    [`${colours.bold(printableLine(self.name))} ${colours.dim('(this machine)')}`, ...rows(selfRows(self), colours)],
    ...members.map((member) => [headingOf(member, colours), ...rows(memberRows(member, known, now), colours)]),
  ]
  const nobody = members.length === 0 ? ['', 'No other machine belongs to this swarm yet.'] : []
  return [blocks.map((lines) => lines.join('\n')).join('\n\n'), ...nobody].join('\n')
}

function rows(of: readonly Row[], { dim }: Colours): string[] {
  return of.map(([label, value]) => `  ${dim(label.padEnd(LABEL_WIDTH))} ${value}`)
}

const REACHABILITY = {
  public: 'others can dial this machine',
  private: 'others cannot dial this machine; it dials them, or goes through a member that relays',
  unknown: 'not known yet whether others can dial this machine',
} as const

const UPNP = {
  mapped: 'opened a port by UPnP',
  none: 'opens no port by UPnP',
  off: 'not asked to open a port',
  searching: 'is being asked to open a port by UPnP',
} as const

function selfRows(self: DoctorReport['self']): Row[] {
  const relays = self.relays.map(({ name }) => printableLine(name))
  return [
    ...several('address', self.addresses),
    ['internet', REACHABILITY[self.reachability]],
    ['router', UPNP[self.upnp]],
    ['local net', self.mdns ? 'looks for others by mDNS' : 'does not look for others by mDNS'],
    ['relayed by', relays.length === 0 ? 'nobody' : listed(relays)],
    ['relays', self.relaysFor === null ? 'for nobody' : `for ${counted(self.relaysFor, 'machine')} now`],
  ]
}

function headingOf({ connection, name, verdict }: DoctorMember, { bold, green, yellow }: Colours): string {
  const mark = connection === null ? yellow('✗') : green('✓')
  return `${mark} ${bold(printableLine(name))}\n  ${printableLine(verdict)}`
}

function memberRows(member: DoctorMember, known: readonly Named[], now: number): Row[] {
  const { connection, lastSeen, nextTry, theirView, tried } = member
  const here: Row[] =
    connection === null
      ? [
          ['seen', presenceText({ online: false, lastSeen }, now)],
          ...tried
            .slice(0, MAX_ADDRESSES)
            .map(({ address, at, reason }): Row => [
              'tried',
              `${printableLine(address)}: ${printableLine(reason)}, ${ago(at, now)}`,
            ]),
          ...(nextTry === null ? [] : [['next try', ahead(nextTry, now)] satisfies Row]),
        ]
      : [
          ['connected', `${connectionText(connection, known)}, for ${lasting(connection.since, now)}`],
          ['address', printableLine(connection.address)],
        ]
  if (theirView === null) return [...here, ['its view', 'could not be asked']]
  const theirs = theirView.connection
  return [
    ...here,
    [
      'its view',
      theirs === null
        ? 'not connected to this machine'
        : `${connectionText(theirs, known)}, for ${lasting(theirs.since, now)}, ${printableLine(theirs.address)}`,
    ],
    ...several('it knows', theirView.addresses),
  ]
}

interface Named {
  readonly deviceId: string
  readonly name: string
}

/** One row each, labelled once. */
function several(label: string, values: readonly string[]): Row[] {
  const shown = values.slice(0, MAX_ADDRESSES).map(printableLine)
  const more = values.length - shown.length
  return [...shown, ...(more === 0 ? [] : [`and ${more} more`])].map((value, index) => [
    index === 0 ? label : '',
    value,
  ])
}
