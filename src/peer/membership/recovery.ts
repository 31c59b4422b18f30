import type { RecoveryPhrase } from '../../api/contract/index.ts'
import type { Clock } from '../../base/clock.ts'
import type { SpaceId } from '../../base/ids.ts'
import type { Random } from '../../base/random.ts'
import { makeRecoveryPhrase, recoveryKey, recoverySheet } from '../../identity/index.ts'
import { consentToLink, encodeDeviceLink, RIGHTS, SEED_BYTES } from '../../identity/roster/index.ts'
import { NotAllowedError } from './errors.ts'
import type { MemberActs } from './member-acts.ts'
import { RECOVERY_NAME } from './present-members.ts'
import type { RosterState } from './roster-state.ts'

export interface RecoveryOptions {
  readonly space: SpaceId
  readonly state: RosterState
  readonly acts: MemberActs
  readonly clock: Clock
  readonly random: Random
  readonly swarmName: () => string
  readonly addresses: () => readonly string[]
}

/** Makes a recovery phrase one of the person's devices, in place of an earlier one. The words are kept nowhere. */
export async function makeRecovery(options: RecoveryOptions): Promise<RecoveryPhrase> {
  const { acts, addresses, clock, random, space, state, swarmName } = options
  const own = acts.own()
  const person = state.current.people.get(own.person)
  if (person === undefined || !RIGHTS[own.role].link) {
    throw new NotAllowedError('a machine without a person needs no recovery phrase: invite another in its place')
  }
  const phrase = makeRecoveryPhrase(random)
  const key = recoveryKey(phrase)
  const consent = consentToLink(key, space, own.person, RECOVERY_NAME)
  await acts.write({ kind: 'device.link', person: own.person, device: key.device, machine: RECOVERY_NAME, consent })
  for (const device of person.devices) {
    const known = state.current.devices.get(device)
    if (known?.name === RECOVERY_NAME && known.state === 'active') await acts.removeDevice(device)
  }
  // A link that lets nobody in: it only says which swarm it is and where its machines were.
  const seed = new Uint8Array(SEED_BYTES)
  const found = encodeDeviceLink({ space, seed, person: own.person, name: swarmName(), addresses: addresses() })
  const sheet = recoverySheet({
    phrase,
    swarm: swarmName(),
    person: person.name,
    madeAt: clock.now(),
    addresses: [found],
  })
  return { phrase: phrase.words.join(' '), sheet }
}
