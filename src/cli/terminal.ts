import { homedir } from 'node:os'

import type { Clock } from '../base/clock.ts'
import { systemClock } from '../base/clock.ts'
import type { Disposable } from '../base/lifecycle.ts'

export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export interface Input extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean
  /** Of a terminal: keys come as they are pressed, and are not shown. */
  setRawMode?(on: boolean): unknown
  on(event: 'data' | 'end', listener: (chunk: Uint8Array | string) => void): this
  off(event: 'data' | 'end', listener: (chunk: Uint8Array | string) => void): this
  pause(): unknown
  resume(): unknown
}

/** Where a command runs: its streams and surroundings, so that tests can stand in for all of it. */
export interface Terminal {
  readonly stdout: Output
  readonly stderr: Output
  readonly stdin: Input
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly workingDirectory: string
  readonly clock: Clock
  /** Each time somebody asks the program to end: Ctrl-C, SIGTERM, a closed terminal. */
  onStop(listener: (signal: NodeJS.Signals) => void): Disposable
  /** Ends the process now, whatever it is doing. */
  exit(status: number): void
}

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export function systemTerminal(): Terminal {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    platform: process.platform,
    home: homedir(),
    workingDirectory: process.cwd(),
    clock: systemClock,
    onStop(listener) {
      for (const signal of STOP_SIGNALS) process.on(signal, listener)
      return {
        dispose: () => {
          for (const signal of STOP_SIGNALS) process.off(signal, listener)
        },
      }
    },
    exit: (status) => process.exit(status),
  }
}
