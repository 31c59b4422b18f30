import { InvalidArgumentError } from 'commander'

const MAX_LABEL = 200
/** As many messages as one call gives. */
export const MAX_LIMIT = 500
const MAX_ADDRESSES = 16
const MAX_PORT = 65_535
const MAX_USES = 1000
const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }
const MAX_DURATION_MS = 366 * 86_400_000

/** A name or title. */
export function labelOf(value: string): string {
  const label = value.trim()
  if (label === '') throw new InvalidArgumentError('It is empty.')
  if (label.length > MAX_LABEL) throw new InvalidArgumentError(`It is longer than ${MAX_LABEL} characters.`)
  return label
}

/** How many messages. */
export function limitOf(value: string): number {
  const limit = Number(value)
  if (/^\d+$/.test(value) && limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new InvalidArgumentError(`Give a number from 1 to ${MAX_LIMIT}.`)
}

export function portOf(value: string): number {
  const port = Number(value)
  if (/^\d+$/.test(value) && port <= MAX_PORT) return port
  throw new InvalidArgumentError(`Give a number up to ${MAX_PORT}, or none to have a free port picked.`)
}

/** Whether it can be used is the network's to say; that it is one at all is the command line's. */
export function addressOf(value: string): string {
  if (value.startsWith('/')) return value
  throw new InvalidArgumentError('Give a multiaddr, such as /ip4/192.168.1.20/tcp/4001.')
}

/** For an option that may be given more than once. */
export function multiaddrOf(value: string, before: readonly string[] = []): readonly string[] {
  if (before.length === MAX_ADDRESSES) throw new InvalidArgumentError(`At most ${MAX_ADDRESSES} addresses.`)
  return [...before, addressOf(value)]
}

/** How many machines an invite lets in. */
export function usesOf(value: string): number {
  const uses = Number(value)
  if (/^\d+$/.test(value) && uses >= 1 && uses <= MAX_USES) return uses
  throw new InvalidArgumentError(`Give a number from 1 to ${MAX_USES}.`)
}

/** "30m", "24h", "7d", in milliseconds. */
export function durationOf(value: string): number {
  const [, count = '', unit = ''] = /^(\d{1,9})([mhd])$/.exec(value) ?? []
  const duration = Number(count) * (UNITS[unit] ?? 0)
  if (unit === '') throw new InvalidArgumentError('Give minutes, hours or days, such as 30m, 24h or 7d.')
  if (duration === 0) throw new InvalidArgumentError('Give at least 1m.')
  if (duration > MAX_DURATION_MS) throw new InvalidArgumentError('Give at most 366d.')
  return duration
}
