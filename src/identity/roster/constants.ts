/** Every bound of the roster, each with its reason. */

/** Below what an entry carries inline, so that a membership entry never needs a blob. */
export const MAX_ACT_BYTES = 96 * 1024
/** Acts further on in a journal say nothing, so that nobody makes the roster slow for all by writing without end. */
export const MAX_SEQUENCE = 8192
/** Journals that one removal or change of role names: the 32 lines of each of 16 devices, twice over; 80 bytes each. */
export const MAX_CUTS = 1024
/** Bearers of one invite: whoever wants to let in more makes another. */
export const MAX_USES = 1000
/** Enough for a few machines' addresses; any one of them lets the bearer in. */
export const MAX_LINK_ADDRESSES = 8
export const MAX_ADDRESS_LENGTH = 256
/** In a link only: the full name comes with the membership. */
export const MAX_LINK_NAME_BYTES = 512
export const MAX_LINK_BYTES = 4096
