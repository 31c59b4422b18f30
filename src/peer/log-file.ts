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
  #closed = false

  constructor(file: string, level: string) {
    this.file = file
    if (existsSync(file) && statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.old`)
    const destination = pino.destination({ dest: file, sync: false, mkdir: true })
    // a log that can't be written (a full disk) must not end the peer
    destination.on('error', () => undefined)
    this.#destination = destination
    this.logger = adapt(pino({ level, base: null }, destination), () => !this.#closed)
  }

  async tail(lines: number): Promise<readonly string[]> {
    this.#flush()
    const text = await readFile(this.file, 'utf8').catch(() => '')
    return text.split('\n').filter(Boolean).slice(-lines)
  }

  /** What is logged from now on is dropped: some work ends a moment after its peer. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
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

function adapt(logger: PinoLogger, isOpen: () => boolean): Logger {
  const plain = (fields: object): object =>
    'error' in fields && fields.error instanceof Error
      ? { ...fields, error: messageOf(fields.error), stack: fields.error.stack }
      : fields
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: object, message: string): void => {
      if (isOpen()) logger[level](plain(fields), message)
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => adapt(logger.child(fields), isOpen),
  }
}
