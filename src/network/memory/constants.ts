/** TCP, encryption and multiplexer before the gate begins, in round trips (libp2p takes as many). */
export const HANDSHAKE_ROUND_TRIPS = 4
/** How long a dial waits for a host that does not answer. */
export const DIAL_TIMEOUT_MS = 2000
/** How long a gate may take. */
export const GATE_TIMEOUT_MS = 30_000
/** A dead link is noticed by pings after this long … */
export const CUT_NOTICED_MS = 2000
/** … and up to this much more. */
export const CUT_NOTICED_SPREAD_MS = 1000
/** After a failed dial the next waits this long, then twice as long each time … */
export const REDIAL_FIRST_MS = 500
/** … up to this, so that everybody is back within 5 s of the end of a cut. */
export const REDIAL_MAX_MS = 2000
/** With enough connections those who are missing are thought of again after so long, up to twice. */
export const FULL_REST_MS = 5000
/** How often the view is looked at. */
export const VIEW_TICK_MS = 1000
/** Peers whose addresses are remembered, and addresses of each: the oldest give way. */
export const MAX_REMEMBERED_DEVICES = 1024
export const MAX_REMEMBERED_ADDRESSES = 16
/** Bytes that a sender may have under way in a stream before its reader takes them; room for the largest frame. */
export const STREAM_WINDOW_BYTES = 2_097_152
/** What a frame counts beyond its bytes, so that empty frames are bounded too. */
export const FRAME_OVERHEAD_BYTES = 64
/** Bytes that a sender may queue without awaiting `send`. */
export const MAX_UNSENT_BYTES = 8_388_608
/** Streams open at the same time on one connection. */
export const MAX_STREAMS = 1024
/** Bytes of gossip under way to one neighbour; above them messages are dropped, as a full socket buffer makes it. */
export const MAX_GOSSIP_BACKLOG_BYTES = 4_194_304
/** Neighbours that a message is passed on to: gossipsub's D, and its Dhi for what others ask for. */
export const MESH_DEGREE = 6
export const MESH_DEGREE_MAX = 12
/** Messages remembered against delivering them twice, and for how long (gossipsub's default). */
export const MAX_SEEN_MESSAGES = 8192
export const SEEN_MS = 120_000
/** Peers learn of each other this long after a start, at least and at most. */
export const DISCOVERY_MIN_MS = 200
export const DISCOVERY_MAX_MS = 1500
/** Addresses of others that a peer tells a newcomer. */
export const MAX_EXCHANGED_ADDRESSES = 64
