import { toHex } from '../base/bytes.ts'
import type { DeviceId } from '../base/ids.ts'
import { publicKeyOf } from '../identity/device-key.ts'
import { MEMBERS } from './header.ts'
import type { HeldJournal } from './journal.ts'
import type { Line } from './line.ts'
import type { LineStore } from './line-store.ts'

/** The journals of a device with their heads; of a forked one the branch that is applied the furthest, or came first. */
export function journalsOf(lines: LineStore, device: DeviceId): readonly HeldJournal[] {
  const furthest = new Map<string, Line>()
  for (const line of lines.ofDevice(toHex(publicKeyOf(device)))) {
    const known = furthest.get(line.name)
    if (known === undefined || line.applied.sequence > known.applied.sequence) furthest.set(line.name, line)
  }
  return [...furthest.values()].map(({ head, journal }) => ({
    journal: {
      device,
      incarnation: toHex(journal.incarnation),
      kind: journal.kind === MEMBERS ? 'members' : 'data',
    },
    sequence: head.sequence,
    hash: head.hash,
  }))
}
