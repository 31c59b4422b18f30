import * as Y from 'yjs'

import type { DemoWorld } from '../demo-client.ts'

type Block = readonly [type: string, text: string, attributes?: Readonly<Record<string, string>>]

const PLAN: readonly Block[] = [
  ['heading', 'Opening of the exhibition', { level: '1' }],
  [
    'paragraph',
    'Saturday the 12th, doors at six. Everybody who reads this may change it; nothing has to be sent around.',
  ],
  ['heading', 'Before', { level: '2' }],
  ['checkListItem', 'Posters are hung in the three streets around', { checked: 'true' }],
  ['checkListItem', 'The hall is painted', { checked: 'true' }],
  ['checkListItem', 'Borrow 40 glasses'],
  ['checkListItem', 'Ask the neighbours about the noise'],
  ['heading', 'Who does what', { level: '2' }],
  ['bulletListItem', 'Alice opens and has the keys'],
  ['bulletListItem', 'Bob sets up the light and the two projectors'],
  ['bulletListItem', 'Carol speaks, five minutes at most'],
  ['quote', 'Whoever comes first makes coffee.'],
  ['paragraph', 'Open question: does the back room stay closed? If so, the coats go to the corridor.'],
]

/** Content of the demo's documents, as editors would have written it. */
export function fillDocuments(world: DemoWorld): void {
  if (world.documents.length === 0) return
  world.texts.set('doc-plan', richText(PLAN))
  world.texts.set('doc-hosts', plainText(HOSTS))
  world.texts.set('doc-backup', plainText(BACKUP))
}

function richText(blocks: readonly Block[]): Y.Doc {
  const doc = new Y.Doc()
  const group = new Y.XmlElement('blockGroup')
  blocks.forEach(([type, text, attributes = {}], index) => {
    const container = new Y.XmlElement('blockContainer')
    container.setAttribute('id', `block-${index}`)
    const block = new Y.XmlElement<Record<string, string | number | object>>(type)
    for (const [name, value] of Object.entries(attributes)) {
      block.setAttribute(
        name,
        value === 'true' ? (true as unknown as object) : /^\d+$/.test(value) ? Number(value) : value,
      )
    }
    block.insert(0, [new Y.XmlText(text)])
    container.insert(0, [block as unknown as Y.XmlElement])
    group.insert(index, [container])
  })
  doc.getXmlFragment('rich').insert(0, [group])
  return doc
}

function plainText(text: string): Y.Doc {
  const doc = new Y.Doc()
  doc.getText('text').insert(0, text)
  return doc
}

const HOSTS = `# Machines of the studio

| name       | where        | what for            |
| ---------- | ------------ | ------------------- |
| nas        | cupboard     | pictures, backups   |
| alice-desk | second room  | layout              |
| mini       | hall         | the two projectors  |

Passwords are **not** in here. Ask Carol.
`

const BACKUP = `import subprocess
from pathlib import Path

KEEP = 14  # days


def backup(source: Path, target: Path) -> int:
    """Copies what is new and returns how many files that were."""
    done = 0
    for file in source.rglob("*"):
        if file.is_file() and not (target / file.name).exists():
            subprocess.run(["cp", "-p", str(file), str(target)], check=True)
            done += 1
    return done


if __name__ == "__main__":
    print(backup(Path("/pictures"), Path("/backup")))
`
