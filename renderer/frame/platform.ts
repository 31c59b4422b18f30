/** Apple keyboards say ⌘ where others say Ctrl. */
export const APPLE = /mac|iphone|ipad/i.test(navigator.platform)

/** The name of the key that starts commands. */
export const COMMAND_KEY = APPLE ? '⌘' : 'Ctrl'
export const ALT_KEY = APPLE ? '⌥' : 'Alt'
