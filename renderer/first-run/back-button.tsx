import { Button } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'

import { t } from '../strings/index.ts'

export function BackButton({ onClick }: { readonly onClick: () => void }) {
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      leftSection={<IconArrowLeft size={16} />}
      onClick={onClick}
      style={{ alignSelf: 'flex-start' }}
      ml={-8}
    >
      {t.firstRun.back}
    </Button>
  )
}
