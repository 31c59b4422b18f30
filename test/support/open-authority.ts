import type { Authority } from '../../src/journal/authority.ts'

/** Everybody belongs, and everything counts. */
export const openAuthority: Authority = {
  admits: () => true,
  counts: () => ({ counts: true, cutBy: [] }),
  revision: 0,
}
