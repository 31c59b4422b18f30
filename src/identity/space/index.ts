/** Private spaces: who belongs to a direct message or a private channel. Rules in SPEC.md. */
export type { PrivateSpace } from './resolve-space.ts'
export { resolveSpace } from './resolve-space.ts'
export type { SpaceAct } from './space-acts.ts'
export { encodeSpaceAct, MAX_SPACE_PEOPLE } from './space-acts.ts'
export { channelSpace, directSpace, MAX_DIRECT_PEOPLE } from './space-id.ts'
