/** Everybody's, where one may write. */
export const OPEN_CHANNEL = {
  kind: 'open',
  people: [],
  may: { write: true, add: false, remove: false, leave: false },
} as const
