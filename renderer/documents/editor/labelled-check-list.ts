import { BlockNoteSchema, defaultBlockSpecs } from '@blocknote/core'
import type { BlockSpecs } from '@blocknote/core'

import { t } from '../../strings/index.ts'

const { checkListItem } = defaultBlockSpecs
const { render } = checkListItem.implementation

/** The same block, its box named. */
const labelled: typeof checkListItem = {
  ...checkListItem,
  implementation: {
    ...checkListItem.implementation,
    render(...parameters) {
      const rendered = render.apply(this, parameters)
      rendered.dom.querySelector('input')?.setAttribute('aria-label', t.documents.checkBox)
      return rendered
    },
  },
}

/** BlockNote's blocks, with boxes in check lists that have a name for screen readers. */
// BlockNote's own types do not hold under exactOptionalPropertyTypes.
const blockSpecs = { ...defaultBlockSpecs, checkListItem: labelled } as unknown as BlockSpecs

export const schema = BlockNoteSchema.create({ blockSpecs })
