import { InvalidArgumentError } from 'commander'

const MAX_LABEL = 200
/** As many messages as one call gives. */
export const MAX_LIMIT = 500
const MAX_LISTEN = 16
const MAX_PORT = 65_535

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
  if (before.length === MAX_LISTEN) throw new InvalidArgumentError(`At most ${MAX_LISTEN} addresses.`)
  return [...before, addressOf(value)]
}
