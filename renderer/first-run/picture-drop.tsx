import { Button, FileButton } from '@mantine/core'
import { IconQrcode } from '@tabler/icons-react'
import { useEffect, useState } from 'react'

import { t } from '../strings/index.ts'
import { inviteIn } from './invite-text.ts'
import classes from './picture-drop.module.css'

/** Takes a picture of an invite's code: chosen, dropped anywhere on the page, or pasted. */
export function PictureDrop({ onRead }: { readonly onRead: (invite: string) => void }) {
  const [said, setSaid] = useState<string>(t.firstRun.pictureHint)
  const [over, setOver] = useState(false)

  const read = async (file: Blob): Promise<void> => {
    setSaid(t.firstRun.pictureReading)
    const { text, said } = await inviteOf(file)
    setSaid(said)
    if (text !== null) onRead(text)
  }

  useEffect(() => {
    const onDragOver = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return
      event.preventDefault()
      setOver(true)
    }
    const onDragLeave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false)
    }
    const take = (event: Event, files: FileList | undefined): void => {
      setOver(false)
      const file = files?.[0]
      if (file === undefined) return
      event.preventDefault()
      void read(file)
    }
    const onDrop = (event: DragEvent): void => take(event, event.dataTransfer?.files)
    const onPaste = (event: ClipboardEvent): void => take(event, event.clipboardData?.files)
    document.addEventListener('dragover', onDragOver)
    document.addEventListener('dragleave', onDragLeave)
    document.addEventListener('drop', onDrop)
    document.addEventListener('paste', onPaste)
    return () => {
      document.removeEventListener('dragover', onDragOver)
      document.removeEventListener('dragleave', onDragLeave)
      document.removeEventListener('drop', onDrop)
      document.removeEventListener('paste', onPaste)
    }
  })

  return (
    <div className={classes['drop']} data-over={over || undefined}>
      <FileButton accept="image/*" onChange={(file) => (file === null ? undefined : void read(file))}>
        {(props) => (
          <Button {...props} variant="default" size="sm" leftSection={<IconQrcode size={16} />}>
            {t.firstRun.picture}
          </Button>
        )}
      </FileButton>
      <p className={classes['said']} role="status">
        {over ? t.firstRun.pictureDrop : said}
      </p>
    </div>
  )
}

/** The invite in a picture, and what to say of it. The reader comes when it is needed. */
async function inviteOf(file: Blob): Promise<{ readonly text: string | null; readonly said: string }> {
  let found: string | null
  try {
    const { readQr } = await import('../qr/read-qr.ts')
    found = await readQr(file)
  } catch {
    return { text: null, said: t.firstRun.pictureBroken }
  }
  if (found === null) return { text: null, said: t.firstRun.pictureNothing }
  const text = inviteIn(found)
  return text === null ? { text, said: t.firstRun.pictureOther } : { text, said: t.firstRun.pictureRead }
}
