/** Every bound of the documents part, with its reason. */

// ---- one update

/** What one `document.update` says: a paste of a whole book passes, a flood does not. */
export const MAX_UPDATE_BYTES = 4 * 1024 * 1024
/** Structs of one update. Items of one origin cost the square of their number to place: 8,192 of them 0.2 s. */
export const MAX_UPDATE_STRUCTS = 8192
/** Sessions that one update may name: one, as this version writes it, and room for others. */
export const MAX_UPDATE_SESSIONS = 16
/** Ranges in the deletions of one update or checkpoint; each costs a search and perhaps a split. */
export const MAX_DELETE_RANGES = 262_144
/** Values inside values (attributes, embeds): Yjs reads them recursively. */
export const MAX_VALUE_DEPTH = 64
/** Elements inside elements: editors and exports walk them recursively; a deeper one takes no place in the text. */
export const MAX_NESTING = 256
/** Clocks of one session: it is what bounds a struct that claims a length without having it. */
export const MAX_CLOCK = 2 ** 26

// ---- one checkpoint

/** Fits a journal's body with the envelope around it. */
export const MAX_CHECKPOINT_BYTES = 15 * 1024 * 1024
export const MAX_CHECKPOINT_STRUCTS = 1_000_000
export const MAX_CHECKPOINT_SESSIONS = 4096
/** Of a header that has to stay small. */
export const MAX_SUPERSEDED_RANGES = 2048

// ---- one author in one document

/** Clocks (characters, elements) by one device: 16 million, five times War and Peace. Structs are no more than clocks. */
export const MAX_AUTHOR_CLOCKS = 2 ** 24
/** Yjs looks at every client id for every update, so that they make typing slow. */
export const MAX_AUTHOR_SESSIONS = 4096

// ---- titles

export const MAX_TITLE_CHARACTERS = 200
export const MAX_TITLE_BYTES = 800

// ---- memory

/** Documents kept open as Y.Docs beyond those with editors: 14-110 KB each as measured, more for long ones. */
export const MAX_IDLE_DOCUMENTS = 32
/** Documents whose clocks are kept in memory. */
export const MAX_DOCUMENT_STATES = 512
/** Checkpoints that wait in the middle and are kept decoded. */
export const MAX_DECODED_CHECKPOINTS = 8
/** Editors on one peer. */
export const MAX_SESSIONS = 256
/** Client ids that a peer remembers to have given out for one document, for what editors could not hand over. */
export const MAX_REMEMBERED_SESSIONS = 1024

// ---- records

/** The tail is folded into the snapshot when it has as many bytes as the snapshot, and at least these: 75 ms to open. */
export const MIN_FOLD_BYTES = 256 * 1024
/** Applied updates that a document's opening may have to read one by one. */
export const MAX_TAIL_RECORDS = 16_384

// ---- writing

/** Lists hear of every change of a title at once, and of typing this often. */
export const ANNOUNCE_MS = 500
/** What is typed within this time of the last entry goes out together. */
export const BATCH_MS = 50

// ---- checkpoints of one's own

export const CHECKPOINT_ENTRIES = 200
export const CHECKPOINT_BYTES = 128 * 1024
/** Nobody types for so long: then a checkpoint disturbs nobody. */
export const CHECKPOINT_QUIET_MS = 5000
/** So many uncompacted entries don't wait for quiet. */
export const CHECKPOINT_HARD_ENTRIES = 2000
/** An earlier checkpoint is taken in where it is at most this many times as large as what is new: so rewriting stays n log n. */
export const CHECKPOINT_GROWTH = 2
/** Larger ones are left as they are. */
export const MAX_MERGED_CHECKPOINT_BYTES = 8 * 1024 * 1024

// ---- presence

/** One message, as the network's ephemeral part allows. */
export const MAX_PRESENCE_BYTES = 1024
/** One editor's state in JSON: the message has names and ids besides. */
export const MAX_PRESENCE_STATE_BYTES = 900
/** Eight times a second. */
export const PRESENCE_MS = 125
/** y-protocols repeats every 15 s and forgets after 30. */
export const PRESENCE_REPEAT_MS = 15_000
export const PRESENCE_FORGET_MS = 30_000
/** Others' editors per document and per device that are shown. */
export const MAX_PRESENT = 256
export const MAX_PRESENT_PER_DEVICE = 16
