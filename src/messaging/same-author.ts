import type { DeviceId } from '../base/ids.ts'

/** Whether two devices speak for one author: today a device speaks for itself, later for its person. */
export type SameAuthor = (a: DeviceId, b: DeviceId) => boolean

export const sameDevice: SameAuthor = (a, b) => a === b
