import type { Message } from '../../api/contract/index.ts'
import type { Colours } from '../printer.ts'
import { printable, printableLine } from './printable.ts'
import { day, listed, timeOfDay } from './words.ts'

const MAX_NAMED = 3

/** Messages as a person reads them, one after the other: the day where it changes, who, what, and where it is not yet. */
export class MessageWriter {
  readonly #colours: Colours
  #day = ''

  constructor(colours: Colours) {
    this.#colours = colours
  }

  text(message: Message): string {
    const { bold, dim } = this.#colours
    const today = day(message.at)
    const heading = today === this.#day ? [] : [dim(today)]
    this.#day = today
    const [first = '', ...rest] = printable(message.text).split('\n')
    const edited = message.editedAt === null ? '' : dim(' (edited)')
    const clock = message.clockOff ? dim(' (this clock is off)') : ''
    const who = `${dim(timeOfDay(message.at))}${clock} ${bold(printableLine(message.author))}`
    const lines = [`${who}  ${first}${rest.length === 0 ? edited : ''}`, ...rest.map((line) => `      ${line}`)]
    if (rest.length > 0 && edited !== '') lines.push(`      ${edited.trim()}`)
    const where = this.#where(message)
    const reactions = message.reactions.map(({ emoji, by }) => `${printableLine(emoji)} ${by.length}`).join('  ')
    const foot = [reactions, where].filter((part) => part !== '').join('  ')
    return [...heading, ...lines, ...(foot === '' ? [] : [`      ${foot}`])].join('\n')
  }

  #where({ copies, machines, notOn, waitingOn }: Message): string {
    if (copies >= machines) return ''
    const missing = notOn.length === 0 ? '' : `: not yet on ${someOf(notOn)}`
    const kept = waitingOn.length === 0 ? '' : `, waiting on ${someOf(waitingOn)}`
    return this.#colours.dim(`on ${copies} of ${machines} machines${missing}${kept}`)
  }
}

function someOf(names: readonly string[]): string {
  const named = names.slice(0, MAX_NAMED).map(printableLine)
  const more = names.length - named.length
  return listed(more === 0 ? named : [...named, `${more} more`])
}
