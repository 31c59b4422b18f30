import type * as Y from 'yjs'

/** Where changes come from that the service makes itself, as for a command line. */
const WRITTEN_HERE = 'written here'

/** The changes that are made under a client id, as one update; undefined where there are none. */
export function updateOf(doc: Y.Doc, client: number, change: () => void): Uint8Array | undefined {
  let made: Uint8Array | undefined
  const listen = (update: Uint8Array, origin: unknown): void => {
    if (origin === WRITTEN_HERE) made = update
  }
  doc.on('update', listen)
  const before = doc.clientID
  doc.clientID = client
  try {
    doc.transact(change, WRITTEN_HERE)
  } finally {
    doc.clientID = before
    doc.off('update', listen)
  }
  return made
}
