import type { Connection, DoctorMember, DoctorReport } from '../../src/api/contract/index.ts'

export interface DoctorTextContext {
  /** Wall time in milliseconds. */
  readonly at: number
  readonly version: string
}

/** The report as plain text for whoever helps. Always in English, for it is read by strangers. */
export function doctorText(report: DoctorReport, { at, version }: DoctorTextContext): string {
  const { members, self } = report
  const names = new Map([self, ...members].map((one) => [one.deviceId, one.name]))
  const lines = [
    `Murmuration ${version}, ${new Date(at).toISOString()}`,
    `${self.name} ${self.deviceId}: ${self.reachability}, UPnP ${self.upnp}, mDNS ${self.mdns ? 'on' : 'off'}, ${relaying(self)}`,
    ...self.addresses.map((address) => `  ${address}`),
    ...members.flatMap((member) => memberLines(member, { at, names })),
  ]
  return `${lines.join('\n')}\n`
}

function relaying(self: DoctorReport['self']): string {
  const through = self.relays.length === 0 ? 'no relay' : `through ${self.relays.map((relay) => relay.name).join(', ')}`
  return `${through}, ${self.relaysFor === null ? 'relays for nobody' : `relays for ${self.relaysFor}`}`
}

interface LineContext {
  readonly at: number
  readonly names: ReadonlyMap<string, string>
}

function memberLines(member: DoctorMember, context: LineContext): readonly string[] {
  const { connection, theirView, tried } = member
  const seen = member.lastSeen === null ? 'never seen' : `seen ${seconds(context.at - member.lastSeen)} ago`
  const state = connection === null ? `not connected, ${seen}${nextTry(member, context.at)}` : way(connection, context)
  const theirs =
    theirView === null ? 'not asked' : theirView.connection === null ? 'none' : way(theirView.connection, context)
  return [
    `${member.name} ${member.deviceId}: ${state}`,
    `  ${member.verdict}`,
    ...tried.map(({ address, at, reason }) => `  tried ${address}: ${reason} (${seconds(context.at - at)} ago)`),
    `  their view: ${theirs}`,
    ...(theirView?.addresses ?? []).map((address) => `    ${address}`),
  ]
}

function way(connection: Connection, { at, names }: LineContext): string {
  const { relayedBy } = connection
  const by = relayedBy === null ? '' : ` by ${names.get(relayedBy) ?? relayedBy}`
  const trip = connection.roundTrip === null ? '' : `, ${Math.round(connection.roundTrip * 10) / 10} ms`
  return `${connection.route}${by} ${connection.address}${trip}, since ${seconds(at - connection.since)}`
}

function nextTry(member: DoctorMember, at: number): string {
  return member.nextTry === null ? '' : `, next try in ${seconds(member.nextTry - at)}`
}

function seconds(milliseconds: number): string {
  return `${Math.max(0, Math.round(milliseconds / 1000))} s`
}
