import { existsSync, renameSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

import type { DestinationStream, Logger as PinoLogger } from 'pino'
import { pino } from 'pino'

import { messageOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'

/** At start a longer log becomes the old one, of which one is kept. */
const MAX_LOG_BYTES = 5 * 1024 * 1024

/** The peer's log: JSON lines in a file of the data folder. */
export class LogFile {
  readonly file: string
  readonly logger: Logger
  readonly #destination: DestinationStream & { flushSync(): void; end(): void }

  constructor(file: string, level: string) {
    this.file = file
    if (existsSync(file) && statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.old`)
    const destination = pino.destination({ dest: file, sync: false, mkdir: true })
    // a log that can't be written (a full disk) must not end the peer
    destination.on('error', () => undefined)
    this.#destination = destination
    this.logger = adapt(pino({ level, base: null }, destination))
  }

  async tail(lines: number): Promise<readonly string[]> {
    this.#flush()
    const text = await readFile(this.file, 'utf8').catch(() => '')
    return text.split('\n').filter(Boolean).slice(-lines)
  }

  close(): void {
    this.#flush()
    this.#destination.end()
  }

  #flush(): void {
    try {
      this.#destination.flushSync()
    } catch {
      // the file is not open yet: nothing to flush
    }
  }
}

function adapt(logger: PinoLogger): Logger {
  const plain = (fields: object): object =>
    'error' in fields && fields.error instanceof Error
      ? { ...fields, error: messageOf(fields.error), stack: fields.error.stack }
      : fields
  return {
    debug: (fields, message) => logger.debug(plain(fields), message),
    info: (fields, message) => logger.info(plain(fields), message),
    warn: (fields, message) => logger.warn(plain(fields), message),
    error: (fields, message) => logger.error(plain(fields), message),
    child: (fields) => adapt(logger.child(fields)),
  }
}
