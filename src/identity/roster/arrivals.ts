import { compareBytes, toHex } from '../../base/bytes.ts'
import type { DeviceId } from '../../base/ids.ts'
import type { Admission } from './acts.ts'
import { attackersOf } from './attacks.ts'
import type { Step } from './history.ts'
import { about } from './subjects.ts'
import type { Settlement, View } from './view.ts'

type AdmissionStep = Step<Admission['kind']>

const ADMISSIONS: ReadonlySet<string> = new Set(['swarm.found', 'person.admit', 'device.link'])

/**
 * Who was ever let in by somebody who was, whether that stands or not: what they wrote has to be kept, since others who
 * could not know better may have built on it.
 */
export class Arrivals {
  readonly admitted: ReadonlySet<DeviceId>
  readonly #settlement: Settlement
  readonly #view: View

  constructor(settlement: Settlement, view: View) {
    this.#settlement = settlement
    this.#view = view
    const admitted = new Set<DeviceId>()
    for (const { act, entry } of settlement.history.steps) {
      if (act.kind === 'swarm.found') admitted.add(entry.device)
      else if ((act.kind === 'person.admit' || act.kind === 'device.link') && admitted.has(entry.device)) {
        admitted.add(act.device)
      }
    }
    this.admitted = admitted
  }

  /** Hashes of the restrictions that took a device's admissions away, or those of whoever let it in. */
  takenBy(device: DeviceId): readonly Uint8Array[] {
    const hashes = new Map<string, Uint8Array>()
    const asked = new Set<DeviceId>()
    for (const next = [device]; next.length > 0;) {
      const one = next.pop()
      if (one === undefined || asked.has(one)) continue
      asked.add(one)
      for (const step of this.#admissionsOf(one)) {
        const author = step.entry.device
        for (const { entry } of this.#takersOf(step)) hashes.set(toHex(entry.hash), entry.hash)
        if (this.#view.admission(author) === undefined) next.push(author)
      }
    }
    return [...hashes.values()].sort(compareBytes)
  }

  #admissionsOf(device: DeviceId): readonly AdmissionStep[] {
    const { history } = this.#settlement
    return (history.about.get(about.device(device)) ?? []).filter(
      (step): step is AdmissionStep => ADMISSIONS.has(step.act.kind) && this.admitted.has(step.entry.device),
    )
  }

  #takersOf(step: AdmissionStep): readonly Step[] {
    const { history, standing } = this.#settlement
    const person = this.#view.personOf(step.entry.device) ?? step.entry.device
    return attackersOf(history, step, person).filter(({ index }) => standing[index] === 'stands')
  }
}
