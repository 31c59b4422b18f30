import type { Awareness } from 'y-protocols/awareness'
import type * as Y from 'yjs'

import type { DocumentSummary } from '../../src/api/contract/index.ts'

/** A document as an editor has it. */
export type SessionState =
  | { readonly kind: 'opening' }
  | {
      readonly kind: 'open'
      readonly documentKind: DocumentSummary['kind']
      readonly doc: Y.Doc
      readonly awareness: Awareness
      /** Another number is another Y.Doc: the editor must be made anew. */
      readonly generation: number
    }
  /** Deleted, here or elsewhere. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly reason: string }

/** Whether what was typed is on this machine's disk. */
export type SaveState =
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving' }
  /** The peer is away; it is kept here meanwhile. */
  | { readonly kind: 'offline' }
  | { readonly kind: 'refused'; readonly reason: string }

/** Who edits, as others see it. */
export interface EditorUser {
  readonly deviceId: string
  readonly name: string
  /** `#rrggbb`, for editors that know no themes. */
  readonly color: string
  /** The number of the same colour, which follows the theme. */
  readonly colour: number
  /** BlockNote's type of a user has an index signature. */
  readonly [key: string]: unknown
}
