import { ConfirmDialog } from '../shared/confirm-dialog.tsx'
import { useModel, useStatus } from '../state/model-context.ts'
import { t } from '../strings/index.ts'

/** Deletes what is left of a swarm that this machine belongs to no more. */
export function ForgetDialog({ swarm, onClose }: { readonly swarm: string; readonly onClose: () => void }) {
  const model = useModel()
  const onlyHere = useStatus()?.onlyHere ?? 0
  const text = t.standing.forgetText(swarm)
  return (
    <ConfirmDialog
      title={t.standing.forgetTitle(swarm)}
      text={onlyHere === 0 ? text : `${text} ${t.standing.forgetOnlyHere(onlyHere)}`}
      confirm={t.standing.forgetYes}
      onClose={onClose}
      onConfirm={async () => {
        await model.call('swarm.forget', {})
        await model.readStatus()
      }}
    />
  )
}
