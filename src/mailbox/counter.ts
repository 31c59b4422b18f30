import type { MessageStream } from '../network/network.ts'
import { NotWelcomeError } from './errors.ts'
import type { Answer, Question } from './protocol.ts'
import { decodeQuestion, encodeAnswer } from './protocol.ts'
import type { Shelf } from './shelf.ts'

/** One neighbour's stream, over which it asks what is held here. */
export class Counter {
  readonly #stream: MessageStream
  readonly #shelf: Shelf
  readonly #mayAsk: () => boolean
  #telling = false

  constructor(stream: MessageStream, options: { readonly shelf: Shelf; readonly mayAsk: () => boolean }) {
    this.#stream = stream
    this.#shelf = options.shelf
    this.#mayAsk = options.mayAsk
  }

  /** Answers questions until the stream ends. @throws NotWelcomeError, InvalidInputError, which end it */
  async serve(): Promise<void> {
    for await (const frame of this.#stream) {
      if (!this.#mayAsk()) throw new NotWelcomeError(this.#stream.peer)
      await this.#stream.send(encodeAnswer(await this.#answer(decodeQuestion(frame))))
    }
    await this.#stream.close()
  }

  /** Says that there is something new; not again before that was taken. */
  tell(): void {
    if (this.#telling) return
    this.#telling = true
    this.#stream.send(encodeAnswer({ type: 'advance' })).then(
      () => {
        this.#telling = false
      },
      // A stream that is gone needs no telling.
      () => undefined,
    )
  }

  end(): void {
    this.#stream.abort(new Error('the mailbox closes'))
  }

  async #answer(question: Question): Promise<Answer> {
    const { peer } = this.#stream
    switch (question.type) {
      case 'leave':
        return { type: 'left', refusal: await this.#shelf.put(peer, question.tag, question.box) }
      case 'withdraw':
        await this.#shelf.withdraw(peer, question.tags)
        return { type: 'withdrawn' }
      case 'mine':
        return { type: 'mine', tags: this.#shelf.tagsOf(peer) }
      case 'list':
        return this.#shelf.page(question.from)
      case 'fetch':
        return { type: 'boxes', boxes: await this.#shelf.boxes(question.tags) }
    }
  }
}
