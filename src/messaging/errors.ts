import { MurmurationError } from '../base/errors.ts'

export class ChannelNotFoundError extends MurmurationError {
  /**
   * @param asked people's names behind an @ mean a conversation with them
   * @param nearest the label of the channel that is spelt most like it
   */
  constructor(asked: string, nearest?: string) {
    const [what, first] = asked.startsWith('@')
      ? ['conversation', 'Begin one by sending a message there.']
      : ['channel', 'List the channels, or create it first.']
    const way = nearest === undefined ? first : `Did you mean "${nearest}"?`
    super('CHANNEL_NOT_FOUND', `There is no ${what} "${shorten(asked)}" here. ${way}`)
  }
}

export class ChannelAmbiguousError extends MurmurationError {
  constructor(asked: string, labels: readonly string[]) {
    const shown = labels.slice(0, 5).map((label) => `"${label}"`)
    const list = labels.length > shown.length ? `${shown.join(', ')} and more` : shown.join(' or ')
    super('CHANNEL_AMBIGUOUS', `"${shorten(asked)}" names ${labels.length} channels. Say which: ${list}.`)
  }
}

export class ChannelExistsError extends MurmurationError {
  constructor(label: string) {
    super('CHANNEL_EXISTS', `There is a channel "${label}" already. Write there, or choose another name.`)
  }
}

export class TooManyChannelsError extends MurmurationError {
  constructor(limit: number) {
    super('TOO_MANY_CHANNELS', `This swarm has ${limit} channels, which is the most there can be. Delete one first.`)
  }
}

export class ChannelNameError extends MurmurationError {
  constructor(limit: number) {
    super(
      'CHANNEL_NAME_INVALID',
      `A channel's name is one line of at most ${limit} bytes with at least one visible sign. Choose another name.`,
    )
  }
}

export class MessageTooLongError extends MurmurationError {
  constructor(bytes: number, limit: number) {
    super(
      'MESSAGE_TOO_LONG',
      `The message has ${kilobytes(bytes)}, and ${kilobytes(limit)} is the most. Put it into a document, and send the document's title.`,
    )
  }
}

export class MessageInvalidError extends MurmurationError {
  constructor(message: string) {
    super('MESSAGE_INVALID', message)
  }
}

export class MessageNotFoundError extends MurmurationError {
  constructor(id: string) {
    super(
      'MESSAGE_NOT_FOUND',
      `There is no message "${shorten(id)}" here. It has been deleted, or has not arrived on this machine yet.`,
    )
  }
}

export class NotAuthorError extends MurmurationError {
  constructor(what: 'edit' | 'delete') {
    super('NOT_AUTHOR', `Only the machine that wrote a message can ${what} it.`)
  }
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024).toLocaleString('en')} KB`
}
