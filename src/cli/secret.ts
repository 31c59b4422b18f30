import { StringDecoder } from 'node:string_decoder'

import { AbortedError } from '../base/errors.ts'
import type { Terminal } from './terminal.ts'

/** As much as is taken for a secret. */
const MAX_SECRET = 4096

const ENTER = /[\r\n]/
const END_OF_INPUT = '\u0004'
const INTERRUPT = '\u0003'
const ERASE = /[\b\u007f]/
const ERASE_ALL = '\u0015'
const ESCAPE = '\u001b'

/**
 * A line that is typed and not shown. Only where `canAsk` says that somebody can type.
 * @throws AbortedError on Ctrl-C, Ctrl-D and a terminal that closes
 */
export async function askSecret({ stderr, stdin }: Terminal, prompt: string): Promise<string> {
  stderr.write(prompt)
  stdin.setRawMode?.(true)
  const decoder = new StringDecoder('utf8')
  let typed: string[] = []
  let undo = (): void => undefined
  try {
    return await new Promise<string>((resolve, reject) => {
      const end = (): void => reject(new AbortedError('No passphrase was given.'))
      const take = (chunk: Uint8Array | string): void => {
        const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk))
        // A key that is no letter, such as an arrow.
        if (text.startsWith(ESCAPE)) return
        for (const key of text) {
          if (ENTER.test(key)) resolve(typed.join(''))
          else if (key === INTERRUPT || key === END_OF_INPUT) end()
          else if (ERASE.test(key)) typed.pop()
          else if (key === ERASE_ALL) typed = []
          else if (typed.length < MAX_SECRET) typed.push(key)
        }
      }
      stdin.on('data', take).on('end', end).resume()
      undo = () => stdin.off('data', take).off('end', end).pause()
    })
  } finally {
    undo()
    stdin.setRawMode?.(false)
    stderr.write('\n')
  }
}
