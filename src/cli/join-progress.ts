import type { JoinProgress } from '../api/contract/index.ts'
import type { Disposable } from '../base/lifecycle.ts'
import type { Invocation } from './command.ts'
import { printableLine } from './text/printable.ts'
import { counted, number } from './text/words.ts'

const BAR_LENGTH = 24

/** Shows on stderr how far joining is, where somebody watches: a line for each stage, which counts in its place. */
export class JoinProgressWriter implements Disposable {
  readonly #run: Invocation
  #last: JoinProgress | null = null

  constructor(run: Invocation) {
    this.#run = run
  }

  show(progress: JoinProgress): void {
    const before = this.#last
    this.#last = progress
    if (before !== null && before.stage !== progress.stage) this.#run.printer.endProgress()
    this.#run.printer.progress(stageText(progress))
  }

  dispose(): void {
    this.#run.printer.endProgress()
  }
}

/** A stage as a person reads it. */
export function stageText({ stage, swarm, tried, received, total }: JoinProgress): string {
  const name = swarm === '' ? 'the swarm' : printableLine(swarm)
  const done = tried.filter(({ result }) => result !== null).length
  switch (stage) {
    case 'finding':
      return `Looking for a member of ${name}${tried.length === 0 ? '' : ` at ${counted(tried.length, 'address', 'addresses')}`} …`
    case 'connecting':
      return `Connecting: ${number(done)} of ${counted(tried.length, 'address', 'addresses')} tried …`
    case 'admitting':
      return `Asking ${name} to let this machine in …`
    case 'catching-up':
      return received === null || total === null
        ? 'Let in. Catching up …'
        : `Let in. Catching up: ${share(received, total)}`
    case 'done':
      return 'Everything is here.'
  }
}

function share(received: number, total: number): string {
  const filled = total === 0 ? BAR_LENGTH : Math.min(BAR_LENGTH, Math.floor((received / total) * BAR_LENGTH))
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_LENGTH - filled)
  return `${bar} ${number(received)} of ${counted(total, 'change')}`
}
