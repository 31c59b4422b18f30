import { MAX_TITLE_BYTES, MAX_TITLE_CHARACTERS } from './constants.ts'
import { DocumentTitleError } from './errors.ts'

/** Control characters, line ends and what turns the direction of what follows: they would spoil a list. */
const UNFIT = /[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** Whether others will take it for a title. */
export function isTitle(title: string): boolean {
  return (
    title !== '' &&
    title === title.trim() &&
    title.length <= MAX_TITLE_CHARACTERS &&
    Buffer.byteLength(title) <= MAX_TITLE_BYTES &&
    !UNFIT.test(title)
  )
}

/** What somebody typed as a title that others will take. @throws DocumentTitleError */
export function toTitle(typed: string): string {
  const title = typed.replaceAll(/\s+/gu, ' ').trim()
  if (title === '') throw new DocumentTitleError('A document needs a title. Type one.')
  if (title.length > MAX_TITLE_CHARACTERS || Buffer.byteLength(title) > MAX_TITLE_BYTES) {
    throw new DocumentTitleError(`This title is longer than ${MAX_TITLE_CHARACTERS} characters. Type a shorter one.`)
  }
  if (!isTitle(title)) throw new DocumentTitleError('This title holds characters that can’t be shown. Leave them out.')
  return title
}
