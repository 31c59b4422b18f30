import type { Clock } from '../base/clock.ts'
import { AbortedError, InvalidInputError, TimeoutError } from '../base/errors.ts'
import type { MessageStream } from '../network/network.ts'
import { ANSWER_TIMEOUT_MS } from './constants.ts'
import type { Answer, Question } from './protocol.ts'
import { decodeAnswer, encodeQuestion } from './protocol.ts'

/** Questions over one stream, one at a time. */
export class Conversation {
  readonly #stream: MessageStream
  readonly #clock: Clock
  #waiting: ((answer: Answer) => void) | undefined

  constructor(stream: MessageStream, clock: Clock) {
    this.#stream = stream
    this.#clock = clock
  }

  /** Reads until the stream ends. Bytes that are no answer end it. */
  async read(onAdvance: () => void): Promise<void> {
    try {
      for await (const frame of this.#stream) {
        const answer = decodeAnswer(frame)
        if (answer.type === 'advance') {
          onAdvance()
          continue
        }
        if (this.#waiting === undefined) throw new InvalidInputError('an answer that nobody asked for')
        this.#waiting(answer)
      }
      this.#stream.abort(new AbortedError('the machine ended the stream'))
    } catch (error) {
      this.#stream.abort(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }

  /**
   * Resolves to the answer, which must be of the type given.
   * @throws InvalidInputError for another one; AbortedError when the stream ends, as that of a silent machine does
   */
  async ask<Type extends Answer['type']>(
    question: Question,
    type: Type,
  ): Promise<Extract<Answer, { readonly type: Type }>> {
    const answer = await this.#exchange(question)
    if (!isOf(answer, type)) throw new InvalidInputError(`"${answer.type}" does not answer "${question.type}"`)
    return answer
  }

  async #exchange(question: Question): Promise<Answer> {
    const stream = this.#stream
    return await new Promise<Answer>((resolve, reject) => {
      const gone = (): void => reject(new AbortedError('the machine is gone'))
      if (stream.signal.aborted) {
        gone()
        return
      }
      const settle = (conclude: () => void): void => {
        timer.dispose()
        stream.signal.removeEventListener('abort', onEnd)
        this.#waiting = undefined
        conclude()
      }
      const timer = this.#clock.after(ANSWER_TIMEOUT_MS, () =>
        stream.abort(new TimeoutError('the machine did not answer')),
      )
      const onEnd = (): void => settle(gone)
      stream.signal.addEventListener('abort', onEnd, { once: true })
      this.#waiting = (answer) => settle(() => resolve(answer))
      stream.send(encodeQuestion(question)).catch((error: unknown) => settle(() => reject(error)))
    })
  }
}

function isOf<Type extends Answer['type']>(
  answer: Answer,
  type: Type,
): answer is Extract<Answer, { readonly type: Type }> {
  return answer.type === type
}
