import { Tooltip } from '@mantine/core'
import { IconAlertTriangle, IconCheck, IconCloudUp } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

import { useCell } from '../state/cell.ts'
import { t } from '../strings/index.ts'
import classes from './document-head.module.css'
import type { DocumentSession } from './document-session.ts'
import type { SaveState } from './session-state.ts'

/** An acknowledgement usually takes a few milliseconds: a word that flickers at each key says nothing. */
const PATIENCE_MS = 400

const ICONS = { saved: IconCheck, saving: IconCloudUp, offline: IconAlertTriangle, refused: IconAlertTriangle } as const

/** Whether what was typed is on this machine's disk. */
export function SaveSign({ session }: { readonly session: DocumentSession }) {
  const save = useSteady(useCell(session.save))
  const Icon = ICONS[save.kind]
  return (
    <Tooltip label={detailOf(save)} multiline w={280}>
      <span className={classes['save']} data-kind={save.kind} role="status">
        <Icon size={16} aria-hidden="true" />
        <span>{t.documents.save[save.kind]}</span>
      </span>
    </Tooltip>
  )
}

function detailOf(save: SaveState): string {
  switch (save.kind) {
    case 'saved':
      return t.documents.save.savedEverywhere
    case 'saving':
      return t.documents.save.savingDetail
    case 'offline':
      return t.documents.save.offlineDetail
    case 'refused':
      return save.reason
  }
}

/** 'Saving' only once it has lasted. */
function useSteady(save: SaveState): SaveState {
  const [shown, setShown] = useState(save)
  useEffect(() => {
    const timer = setTimeout(() => setShown(save), save.kind === 'saving' ? PATIENCE_MS : 0)
    return () => clearTimeout(timer)
  }, [save])
  return shown
}
