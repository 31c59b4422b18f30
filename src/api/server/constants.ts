/** Calls of one connection under way at once. Editors and scripts rarely have more than ten. */
export const MAX_RUNNING_CALLS = 64
/** Calls that wait for their turn; a client that outruns the peer by more is told so. */
export const MAX_WAITING_CALLS = 1024
/** What running and waiting calls may weigh together: some of the largest calls at once, never a peer's memory. */
export const MAX_CALL_BYTES = 64 * 1024 * 1024
/** Above this much sent and not yet taken in, events are held back and no further call begins. */
export const CONGESTED_BYTES = 1024 * 1024
export const CONGESTED_FRAMES = 512
/** What answers may wait for a client that takes nothing in; then the connection ends, and the client starts anew. */
export const MAX_UNTAKEN_BYTES = 96 * 1024 * 1024
/** Events that wait for a slow client; above, it is told to read anew what they were about. */
export const MAX_HELD_EVENTS = 5000
export const MAX_HELD_BYTES = 8 * 1024 * 1024
/** Document sessions that one connection may have fallen behind in. */
export const MAX_HELD_SESSIONS = 1000
/** Longer texts of failures are cut: they are read by people. */
export const MAX_ERROR_LENGTH = 2000
