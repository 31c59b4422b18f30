import { MurmurationError } from '../base/errors.ts'
import type { Terminal } from './terminal.ts'

/** As much as a call takes. */
const MAX_INPUT_BYTES = 16 * 1024 * 1024

/**
 * All of standard input as text.
 * @throws MurmurationError where it is no UTF-8 or too much
 */
export async function readInput({ stdin, stderr }: Terminal): Promise<string> {
  if (stdin.isTTY === true) stderr.write('Type the text, then Ctrl-D on a line of its own.\n')
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stdin) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    length += bytes.length
    if (length > MAX_INPUT_BYTES) {
      throw new MurmurationError(
        'TOO_LARGE',
        'The input is larger than 16 MB, the most that one document takes at once.',
      )
    }
    chunks.push(bytes)
  }
  try {
    // A byte order mark is a character like any other: what goes in comes out.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
  } catch (error) {
    throw new MurmurationError('NOT_TEXT', 'The input is not UTF-8 text. Convert it first, for example with iconv.', {
      cause: error,
    })
  }
}

/** Words of the command line as one text, or standard input where they are a single dash. */
export async function textOf(words: readonly string[], terminal: Terminal): Promise<string> {
  return words.length === 1 && words[0] === '-' ? await readInput(terminal) : words.join(' ')
}
