import type { SpaceId } from '../base/ids.ts'
import type { DeviceKey } from '../identity/index.ts'
import { consentToLink } from '../identity/roster/index.ts'
import { JoinError } from './errors.ts'
import type { JoiningOptions } from './joining.ts'
import { enter } from './joining.ts'
import type { Swarm } from './swarm.ts'

/** How long the word of the new machine may take to another one. */
const KEPT_MS = 10_000

/**
 * Runs, for a moment, as the device that a recovery phrase is, and links a new machine to its person.
 * @throws JoinError, AbortedError, NotAllowedError where the phrase is worth nothing any more
 */
export async function recoverInto(options: {
  /** Of the phrase's key, over a store that is thrown away. */
  readonly swarm: Swarm
  readonly space: SpaceId
  readonly newKey: DeviceKey
  readonly machine: string
  readonly joining: Omit<JoiningOptions, 'swarm'>
  readonly signal: AbortSignal
}): Promise<void> {
  const { joining, machine, newKey, signal, space, swarm } = options
  try {
    await swarm.start()
    await enter({ ...joining, swarm }, signal)
    const { person } = swarm.membership.acts.own()
    const consent = consentToLink(newKey, space, person, machine)
    const [entry] = await swarm.membership.acts.write({
      kind: 'device.link',
      person,
      device: newKey.device,
      machine,
      consent,
    })
    if (entry !== undefined && !(await swarm.isKeptElsewhere(entry, KEPT_MS))) {
      throw new JoinError('the other machine went away before it knew of this one: try again')
    }
  } finally {
    await swarm.stop()
  }
}
