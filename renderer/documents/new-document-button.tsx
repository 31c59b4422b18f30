import { ActionIcon, Button, Menu } from '@mantine/core'
import { IconChevronDown, IconFileCode, IconFileText, IconPlus } from '@tabler/icons-react'

import { BarredButton } from '../shared/barred-button.tsx'
import { useAction } from '../shared/use-action.ts'
import { useModel } from '../state/model-context.ts'
import { useWriteBar } from '../standing/write-bar.ts'
import { t } from '../strings/index.ts'
import { createDocument } from './create-document.ts'

/** Makes a rich document at once; the arrow offers the other kind. */
export function NewDocumentButton() {
  const model = useModel()
  const bar = useWriteBar()
  const create = useAction((kind: 'rich' | 'text') => createDocument(model, kind))
  return (
    <Button.Group>
      <BarredButton
        bar={bar}
        leftSection={<IconPlus size={16} />}
        loading={create.busy}
        onClick={() => create.run('rich')}
      >
        {t.documents.newDocument}
      </BarredButton>
      <Menu position="bottom-end" width={264}>
        <Menu.Target>
          <ActionIcon
            size={36}
            variant="filled"
            color="teal"
            aria-label={t.documents.newMenu}
            disabled={bar !== null}
            style={{ borderStartStartRadius: 0, borderEndStartRadius: 0, marginInlineStart: 1 }}
          >
            <IconChevronDown size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Choice
            icon={<IconFileText size={20} />}
            title={t.documents.newRich}
            text={t.documents.newRichText}
            onClick={() => create.run('rich')}
          />
          <Choice
            icon={<IconFileCode size={20} />}
            title={t.documents.newText}
            text={t.documents.newTextText}
            onClick={() => create.run('text')}
          />
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  )
}

interface ChoiceProps {
  readonly icon: React.ReactNode
  readonly title: string
  readonly text: string
  readonly onClick: () => void
}

function Choice({ icon, title, text, onClick }: ChoiceProps) {
  return (
    <Menu.Item leftSection={icon} onClick={onClick}>
      <span style={{ display: 'block', fontWeight: 600 }}>{title}</span>
      <span style={{ display: 'block', color: 'var(--mm-ink-2)' }}>{text}</span>
    </Menu.Item>
  )
}
