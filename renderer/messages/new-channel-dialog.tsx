import { navigate } from '../route/route.ts'
import { NameDialog } from '../shared/name-dialog.tsx'
import { useModel } from '../state/model-context.ts'
import { t } from '../strings/index.ts'

export function NewChannelDialog({ onClose }: { readonly onClose: () => void }) {
  const model = useModel()
  return (
    <NameDialog
      title={t.messages.newChannelTitle}
      label={t.messages.channelName}
      hint={t.messages.channelHint}
      confirm={t.messages.createChannel}
      onClose={onClose}
      onConfirm={async (name) => {
        const { id } = await model.call('channel.create', { name: name.replace(/^#+/, '') || name })
        navigate({ page: 'messages', channel: id })
      }}
    />
  )
}
