import type { Clock } from '../base/clock.ts'
import { AbortedError, TimeoutError } from '../base/errors.ts'
import type { MessageStream } from '../network/network.ts'
import { ANSWER_TIMEOUT_MS } from './constants.ts'
import { StructureError } from './errors.ts'
import type { Answer, Question } from './protocol.ts'
import { decodeAnswer, encodeQuestion } from './protocol.ts'

type Advance = Extract<Answer, { readonly type: 'advance' }>

interface Pending {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/** Questions and answers over one stream: answers come in the order of the questions. */
export class Conversation {
  readonly #stream: MessageStream
  readonly #clock: Clock
  readonly #pending: Pending[] = []

  constructor(stream: MessageStream, clock: Clock) {
    this.#stream = stream
    this.#clock = clock
  }

  /** Reads until the stream ends; what comes unasked goes to `onAdvance`. Bytes that are no answer end the stream. */
  async read(onAdvance: (advance: Advance) => Promise<void>): Promise<void> {
    try {
      for await (const frame of this.#stream) {
        const answer = decodeAnswer(frame)
        if (answer.type === 'advance') {
          await onAdvance(answer)
          continue
        }
        const pending = this.#pending.shift()
        if (pending === undefined) throw new StructureError('an answer that nobody asked for')
        pending.resolve(answer)
      }
      this.#stream.abort(new AbortedError('the neighbour ended the stream'))
    } catch (error) {
      this.#stream.abort(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
  }

  /**
   * Resolves to the answer, which must be of one of the types given.
   * @throws StructureError for another one; AbortedError when the stream ends; a silent neighbour's stream is ended
   */
  async ask<Type extends Answer['type']>(
    question: Question,
    ...types: readonly Type[]
  ): Promise<Extract<Answer, { readonly type: Type }>> {
    const answer = await this.#exchange(question)
    if (!isOneOf(answer, types)) throw new StructureError(`"${answer.type}" does not answer "${question.type}"`)
    return answer
  }

  async #exchange(question: Question): Promise<Answer> {
    const stream = this.#stream
    return await new Promise<Answer>((resolve, reject) => {
      const gone = (): void => reject(new AbortedError('the neighbour is gone'))
      if (stream.signal.aborted) {
        gone()
        return
      }
      const timer = this.#clock.after(ANSWER_TIMEOUT_MS, () =>
        stream.abort(new TimeoutError('the neighbour did not answer')),
      )
      const settle = (conclude: () => void): void => {
        timer.dispose()
        stream.signal.removeEventListener('abort', onEnd)
        conclude()
      }
      const onEnd = (): void => settle(gone)
      stream.signal.addEventListener('abort', onEnd, { once: true })
      this.#pending.push({
        resolve: (value) => settle(() => resolve(value)),
        reject: (error) => settle(() => reject(error)),
      })
      stream.send(encodeQuestion(question)).catch((error: unknown) => settle(() => reject(error)))
    })
  }
}

function isOneOf<Type extends Answer['type']>(
  answer: Answer,
  types: readonly Type[],
): answer is Extract<Answer, { readonly type: Type }> {
  return (types as readonly string[]).includes(answer.type)
}
