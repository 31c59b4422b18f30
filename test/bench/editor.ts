import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

import * as Y from 'yjs'

import { ROOTS } from '../../src/documents/update-check.ts'
import { pause, sharedNow } from './statistics.ts'

/** Edits between two looks at the network, as an editor that is typed in at full speed leaves it none more often. */
const EDITS_PER_TURN = 100
const EDIT = /#([\d.]+);/g

interface Trace {
  readonly endContent: string
  readonly txns: readonly { readonly patches: readonly (readonly [number, number, string])[] }[]
}

export function readTrace(file: string): Trace {
  return JSON.parse(gunzipSync(readFileSync(file)).toString()) as Trace
}

/** What a benchmark does with an open document, whatever carries its updates. */
export class Editor {
  readonly doc: Y.Doc
  readonly text: Y.Text
  #latencies: number[] = []
  #expected: { readonly text: string; readonly done: (at: number) => void } | undefined

  constructor(doc: Y.Doc) {
    this.doc = doc
    this.text = doc.getText(ROOTS.text)
    this.text.observe((event, transaction) => {
      const now = sharedNow()
      this.#look(now)
      if (transaction.local) return
      for (const { insert } of event.delta) {
        if (typeof insert !== 'string') continue
        for (const [, at] of insert.matchAll(EDIT)) this.#latencies.push(now - Number(at))
      }
    })
  }

  /** Types the trace, an edit a transaction, as fast as it goes. */
  async replay(
    file: string,
  ): Promise<{ readonly startedAt: number; readonly endedAt: number; readonly edits: number }> {
    const { txns } = readTrace(file)
    const startedAt = sharedNow()
    let edits = 0
    for (const { patches } of txns) {
      for (const [position, deleted, inserted] of patches) {
        this.doc.transact(() => {
          if (deleted > 0) this.text.delete(position, deleted)
          if (inserted !== '') this.text.insert(position, inserted)
        })
        if (++edits % EDITS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
      }
    }
    return { startedAt, endedAt: sharedNow(), edits }
  }

  /** Resolves with the time at which the text is the trace's last. */
  async shows(file: string): Promise<number> {
    const { endContent } = readTrace(file)
    return await new Promise((resolve) => {
      this.#expected = { text: endContent, done: resolve }
      this.#look(sharedNow())
    })
  }

  #look(now: number): void {
    const { done, text } = this.#expected ?? {}
    if (done === undefined || text === undefined || this.text.length !== text.length) return
    if (this.text.toJSON() !== text) return
    this.#expected = undefined
    done(now)
  }

  /** Edits that say when they were made. */
  async type({ count, period }: { readonly count: number; readonly period: number }): Promise<void> {
    for (let index = 0; index < count; index++) {
      this.text.insert(this.text.length, `#${sharedNow()};`)
      await pause(period)
    }
  }

  /** Milliseconds from making to showing, of the edits that came since the last call. */
  takeLatencies(): readonly number[] {
    const latencies = this.#latencies
    this.#latencies = []
    return latencies
  }

  stateBytes(): number {
    return Y.encodeStateAsUpdate(this.doc).length
  }
}
