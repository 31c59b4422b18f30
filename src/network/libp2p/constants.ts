/** Proves, on a fresh connection, that the other side belongs; nothing else is served before. */
export const GATE_PROTOCOL = '/murmuration/gate/1'
/** Tells each other where members can be reached. */
export const ADDRESSES_PROTOCOL = '/murmuration/addresses/1'
/** Beats, so that a dead link is noticed before TCP does. */
export const ALIVE_PROTOCOL = '/murmuration/alive/1'

/** A gate that is not passed by then fails: a newcomer is admitted in it, over a slow line and by a busy machine. */
export const GATE_TIMEOUT_MS = 30_000
/** Who has not begun by then is no member. */
export const GATE_BEGIN_MS = 10_000
/** Who says nothing at the gate for so long may be gone. */
export const SILENT_AT_GATE_MS = 5000
/** Peers before the gate, in all and from one address (an office, or a test, is one address). */
export const MAX_PENDING_GATES = 64
export const MAX_PENDING_GATES_PER_ADDRESS = 48
/** Streams that a peer opens while its gate is not decided yet, and what each may hold. */
export const MAX_HELD_STREAMS = 8
export const MAX_HELD_BYTES = 65_536
/** Failed gates from one address: so many at once, and then one a while. */
export const MAX_FAILED_GATES = 30
export const FAILED_GATE_REFILL_MS = 2000
/** Addresses whose failures are remembered. */
export const MAX_REMEMBERED_FAILURES = 1024

/** A relayed connection stays so long after a direct one took its place, for what is still under way. */
export const CHANGE_OVER_MS = 1000
/** A link that is given up stays so long, for the other side to hear that it is on purpose. */
export const PARTING_MS = 500

/** What a reader may leave unread before the sender is stopped: more than one frame, so that reading never stalls. */
export const MAX_UNREAD_BYTES = 2 * 1024 * 1024
/** What a sender may have waiting before `send` waits too. */
export const MAX_UNSENT_BYTES = 256 * 1024
/** Where the sender does not wait, its stream ends here. */
export const MAX_WRITE_BUFFER_BYTES = 16 * 1024 * 1024
/** The window that yamux may grow to: 40 MB/s at 100 ms. */
export const MAX_WINDOW_BYTES = 4 * 1024 * 1024
/** Above window and frame: libp2p aborts a stream that holds more. */
export const MAX_READ_BUFFER_BYTES = 8 * 1024 * 1024

/** A new link has so long to begin beating: both sides are busy with it. */
export const FIRST_BEAT_GRACE_MS = 5000
/** How often links are looked at. */
export const TICK_MS = 500
/** Beats go out this often, and a link that was silent for more ticks, 2.5 to 3 s, is dead. */
export const BEAT_MS = 1000
export const MAX_SILENT_TICKS = 5
/** A tick that is this late means that the machine slept, not that everybody else died. */
export const SLEEP_MS = 5000
/** How often the machine's own addresses are looked at. */
export const INTERFACES_MS = 5000

/** Devices whose addresses are remembered, and addresses of each. */
export const MAX_PEERS = 512
export const MAX_ADDRESSES = 8
/** `/dns4/` names may be 253 characters. */
export const MAX_ADDRESS_CHARACTERS = 400

/** An address has so long to accept the connection, and then for the handshakes (6.6 round trips in all) up to the gate. */
export const REACH_TIMEOUT_MS = 3000
export const HANDSHAKE_TIMEOUT_MS = 10_000
/** The next address of a peer is tried when the one before did not answer in this time (RFC 8305). */
export const STAGGER_MS = 250
/** Addresses that are dialled at the same time. */
export const MAX_PARALLEL_DIALS = 64
/** Rounds for one peer overlap when one hangs, so that it does not hold up the next: so many, and so far apart. */
export const MAX_ROUNDS_PER_PEER = 3
export const ROUND_SPACING_MS = 1500
/** Peers that are redialled in a second, where many are missing. */
export const MAX_REDIALS_PER_SECOND = 20

/** How often mDNS asks; answers are heard by everybody, so a newcomer is found at once. */
export const MDNS_INTERVAL_MS = 5000

/** Gossip above this times the number of neighbours goes into the mesh only, not to all neighbours. */
export const MAX_FLOOD_BYTES = 256 * 1024
/**
 * Gossip that is taken in from one neighbour, which passes on what all others say: so many messages at once, and then so
 * many a second. What is above is neither read nor passed on, and comes by anti-entropy where it is worth anything.
 */
export const MAX_GOSSIP_BURST = 8_192
export const GOSSIP_PER_SECOND = 2_000
/** A neighbour that is this far behind loses its gossip stream, gets a new one, and the rest by anti-entropy. */
export const MAX_GOSSIP_BUFFER_BYTES = 4 * 1024 * 1024

/** Stopping waits this long for connections to close in good order. */
export const STOP_TIMEOUT_MS = 800
