import { MAX_CHANNEL_NAME_BYTES, MAX_EMOJI_BYTES, MAX_TEXT_BYTES } from './constants.ts'

/** Control characters but for line ends and tabs, and halves of surrogate pairs: nothing that people write. */
const NOT_TEXT = /[^\P{Cc}\n\t]|\p{Cs}/u
const NOT_A_LINE = /[\p{Cc}\p{Cs}]/u
const NOT_AN_EMOJI = /[\p{Cc}\p{Cs}\p{Z}]/u

/** What a message may say. Scripts of every direction and any stack of accents are text like any other. */
export function isMessageText(text: string): boolean {
  return text !== '' && fits(text, MAX_TEXT_BYTES) && !NOT_TEXT.test(text)
}

export function isChannelName(name: string): boolean {
  return fits(name, MAX_CHANNEL_NAME_BYTES) && name.trim() !== '' && !NOT_A_LINE.test(name)
}

/** One short sign without spaces; which signs are emoji changes with every version of Unicode, so that isn't judged. */
export function isEmoji(text: string): boolean {
  return text !== '' && fits(text, MAX_EMOJI_BYTES) && !NOT_AN_EMOJI.test(text)
}

/** The way that line ends are written here; pasted texts and other systems have others. */
export function withPlainLineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n')
}

function fits(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return false
  return text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes
}
