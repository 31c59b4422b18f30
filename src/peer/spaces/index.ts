/** Private spaces of this machine's person: direct messages and private channels. */
export { PrivateSpace } from './private-space.ts'
export type { SpacesOptions } from './spaces.ts'
export { Spaces } from './spaces.ts'
